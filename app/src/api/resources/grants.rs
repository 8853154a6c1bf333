//! Grants of access to a resource. `shown` is the name of the resource that the page showed.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::resources::GrantLevel;
#[cfg(feature = "ssr")]
use domain::{
    flash::{Flash, FlashEvent, Undo},
    resources::{GrantDraft, GrantTarget},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{access::ResourcesWrite, guard::TargetRef, resources::grants};
use uuid::Uuid;

use super::SubjectKind;
#[cfg(feature = "ssr")]
use super::{path, read};
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Action on a grant that needs only a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantOperation {
    /// Grants access.
    Grant,
    /// Revokes the access.
    Revoke,
}

impl GrantOperation {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Revoke => "revoke",
        }
    }
}

/// Grants access to a user or a group by name, or to everyone. Another level replaces the present one.
#[server(endpoint = "grant-access", protocol = Post)]
pub async fn grant_access(
    id: Uuid,
    shown: String,
    kind: SubjectKind,
    level: GrantLevel,
    #[server(default)] subject: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let target = TargetRef::named(id, shown.as_str());
        let (subject, name) = read::subject(&services, &caller, kind, &subject).await?;
        let drafts = vec![GrantDraft { subject, level }];
        grants::add(&services, &authorized, target, drafts).await?;
        let flash = Flash::of(FlashEvent::AccessGranted, [name, shown]);
        Ok(FormSuccess::flash(&path(id), flash, None).await)
    })
    .await
}

/// Revokes a grant, or grants the same access again. `subject` is the id of the user or of the group.
#[server(endpoint = "grant-operation", protocol = Post)]
pub async fn run_grant_operation(
    id: Uuid,
    shown: String,
    kind: SubjectKind,
    level: GrantLevel,
    operation: GrantOperation,
    #[server(default)] subject: Option<Uuid>,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let resource = TargetRef::named(id, shown.as_str());
        let target = read::target(kind, subject)?;
        let page = path(id);
        let (event, name, undo) = match operation {
            GrantOperation::Grant => {
                let subject = target;
                let drafts = vec![GrantDraft { subject, level }];
                grants::add(&services, &authorized, resource, drafts).await?;
                (
                    FlashEvent::AccessGranted,
                    read::name_of(&services, &caller, id, target).await?,
                    None,
                )
            }
            GrantOperation::Revoke => {
                let name = read::name_of(&services, &caller, id, target).await?;
                let revoked =
                    grants::revoke(&services, &authorized, resource, vec![target]).await?;
                if revoked == 0 {
                    return Ok(FormSuccess::to(page));
                }
                let undo = undo(&page, id, &shown, target, level);
                (FlashEvent::AccessRevoked, name, Some(undo))
            }
        };
        let flash = Flash::of(event, [name, shown]);
        Ok(FormSuccess::flash(&page, flash, undo).await)
    })
    .await
}

/// Returns the form that grants a revoked access again.
#[cfg(feature = "ssr")]
fn undo(page: &str, id: Uuid, shown: &str, target: GrantTarget, level: GrantLevel) -> Undo {
    let (kind, subject) = match target {
        GrantTarget::User(id) => (SubjectKind::User, id.to_string()),
        GrantTarget::Group(id) => (SubjectKind::Group, id.to_string()),
        GrantTarget::Everyone => (SubjectKind::Everyone, String::new()),
    };
    let id = id.to_string();
    let fields = [
        ("id", id.as_str()),
        ("shown", shown),
        ("kind", kind.as_str()),
        ("subject", &subject),
        ("level", level.as_str()),
        ("operation", GrantOperation::Grant.as_str()),
    ];
    // A grant to everyone has no id.
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    Undo {
        path: page.to_owned(),
        form: form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish(),
    }
}
