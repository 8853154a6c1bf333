//! Actions on a user that need only a button, because they can be undone.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::target::TargetRef;
use uuid::Uuid;

use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Action that needs only a button, because it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserOperation {
    /// Lifts the suspension.
    Unsuspend,
    /// Restores the deleted user.
    Restore,
}

impl UserOperation {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsuspend => "unsuspend",
            Self::Restore => "restore",
        }
    }
}

/// Lifts the suspension of a user, or restores a deleted user.
#[server(endpoint = "user-operation", protocol = Post)]
pub async fn run_user_operation(
    page: String,
    id: Uuid,
    username: String,
    operation: UserOperation,
) -> Result<FormSuccess, ApiError> {
    use crate::api::{
        bulk::{BulkOperation, read::undo},
        ssr,
        user_actions::read,
    };
    use domain::{
        flash::{Flash, FlashEvent},
        users::detail::UserRef,
    };
    let (services, caller) = (ssr::services()?, ssr::caller()?);
    let authorized = caller.require().map_err(ssr::fail)?;
    let reader = caller.require().map_err(ssr::fail)?;
    let before = service::users::get(&services, &reader, &UserRef::Id(id)).await;
    let before = before.map_err(ssr::fail)?;
    let name = before.summary.username.clone();
    let target = TargetRef::of_user(id, username);
    let (event, undo) = match operation {
        UserOperation::Unsuspend => {
            let after = service::users::unsuspend(&services, &authorized, target).await;
            let version = after.map_err(ssr::fail)?.summary.version;
            // Each change increments the version by one. A larger difference means another change in between, after which
            // the lifted suspension is unknown.
            let is_known = before.summary.version.saturating_add(1) == version;
            let undo = is_known.then(|| read::suspend_again(before, version, &page));
            (FlashEvent::UserUnsuspended, undo.flatten())
        }
        UserOperation::Restore => {
            let after = service::users::restore(&services, &authorized, target).await;
            let restored = read::seen(&after.map_err(ssr::fail)?.summary);
            // Without a retention period a deletion is permanent, so it cannot serve as undo.
            let is_restorable = !services.settings.delete_retention.is_zero();
            let fields = [("restorable", "true".to_owned())];
            let undo =
                is_restorable.then(|| undo(BulkOperation::Delete, &[restored], &page, &fields));
            (FlashEvent::UserRestored, undo)
        }
    };
    Ok(FormSuccess::flash(&page, Flash::of(event, [name]), undo).await)
}
