//! Links of groups: invitations into them, and password links of their members.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::invitations::InvitationDraft;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{groups::GroupActor, guard::TargetRef};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::path_of;
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Creates an invitation into a group and returns its link. `shown` is the name of the group that the page showed.
#[server(endpoint = "invite-into-group", protocol = Post)]
pub async fn invite_into_group(
    id: Uuid,
    shown: String,
    #[server(default)] note: String,
    max_uses: String,
    days: u16,
) -> Result<FormSuccess, ApiError> {
    let group = TargetRef::named(id, shown.clone());
    let draft = draft(InviteIntoGroup {
        id,
        shown,
        note,
        max_uses,
        days,
    });
    ssr::call_as_caller(async |services, caller| {
        let actor = GroupActor::writer(&caller)?;
        let created = service::groups::invite(&services, &actor, group, draft).await?;
        Ok(FormSuccess::to(path_of(id)).with_link(&created.link))
    })
    .await
}

/// Converts the form to a draft. A number of uses that cannot be parsed becomes 0, which the check of the draft rejects.
#[must_use]
pub fn draft(form: InviteIntoGroup) -> InvitationDraft {
    InvitationDraft {
        roles: Vec::new(),
        days: form.days,
        max_uses: form.max_uses.trim().parse().unwrap_or_default(),
        note: form.note,
    }
}

/// Creates a password link for a member of a group that the caller manages.
#[server(endpoint = "create-member-link", protocol = Post)]
pub async fn create_member_link(
    group: Uuid,
    id: Uuid,
    username: String,
) -> Result<FormSuccess, ApiError> {
    let member = TargetRef::of_user(id, username);
    ssr::call_as_caller(async |services, caller| {
        let link = service::groups::create_reset_link(&services, &caller, group, member).await?;
        Ok(FormSuccess::to(path_of(group)).with_link(&link))
    })
    .await
}
