//! Actions on several users at once.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
pub(super) mod read;

use domain::{
    access::local_path,
    users::{action::UserAction, bulk::BulkOutcome},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::UsersWrite;

use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{site, ssr};

/// Query parameter of the selection in the list's URL: `id:version:username`, repeated for each selected user.
pub const SELECTED: &str = "u";

/// Previews a bulk action without changing anything: the users that it would change, and the reason for each that it would
/// skip. `selected` holds `id:version:username` of each user, separated by spaces.
#[server(endpoint = "preview-bulk", protocol = Get)]
pub async fn preview_bulk(
    operation: UserAction,
    selected: String,
) -> Result<BulkOutcome, ApiError> {
    use crate::text;
    use domain::users::{action::BulkAction, bulk::BulkRequest, suspension::SuspensionDraft};
    // The suspension reason is not typed yet when the preview loads; it does not decide which users can be suspended.
    let any = SuspensionDraft {
        reason: "preview".to_owned(),
        ..SuspensionDraft::default()
    };
    let action = BulkAction::of(operation, any).ok_or_else(ApiError::unknown_action)?;
    ssr::call_with_read::<UsersWrite, _>(async |services, authorized| {
        // The preview locks the users as the action does, although it is a `GET`.
        site::require(&services.settings)?;
        let request = BulkRequest {
            action,
            users: read::selected(&selected)?,
            expected: None,
        };
        let mut outcome = service::users::bulk(&services, &authorized, request).await?;
        outcome.translate(text::message::translated);
        Ok(outcome)
    })
    .await
}

/// Returns the page to go back to: the path in the form if it is the user list or the page of a user, else the list.
#[must_use]
pub fn list_of(back: &str) -> &str {
    match local_path(back) {
        page if page.starts_with("/users/") || page.split('?').next() == Some("/users") => page,
        _ => "/users",
    }
}

/// Executes a bulk action if the number of users that it changes equals `expected`. `back` is the page to return to,
/// `until` a local time, `offset` its offset from UTC in minutes, positive east. With `restorable`, a deletion is denied
/// where it would be permanent.
#[server(endpoint = "bulk-users", protocol = Post)]
pub async fn bulk_users(
    operation: UserAction,
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] reason: String,
    #[server(default)] until: String,
    #[server(default)] offset: i32,
    #[server(default)] show_reason: bool,
    #[server(default)] restorable: bool,
) -> Result<FormSuccess, ApiError> {
    use super::user_actions::reversible::suspension;
    use domain::{
        error::Conflict,
        users::{action::BulkAction, bulk::BulkRequest, suspension::SuspensionDraft},
    };
    use service::Error;
    let action = BulkAction::of(operation, SuspensionDraft::default());
    let action = action.ok_or_else(ApiError::unknown_action)?;
    ssr::call_with_read::<UsersWrite, _>(async |services, authorized| {
        let draft = suspension(reason, (&until, offset), show_reason)?;
        let action = match action {
            BulkAction::Suspend(_) => BulkAction::Suspend(draft),
            other => other,
        };
        let is_permanent = services.settings.delete_retention.is_zero();
        if restorable && operation == UserAction::Delete && is_permanent {
            return Err(Error::Conflict(Conflict::NotRestorable));
        }
        let users = read::selected(&selected)?;
        let request = BulkRequest {
            action: action.clone(),
            users: users.clone(),
            expected: Some(expected),
        };
        let outcome = service::users::bulk(&services, &authorized, request).await?;
        let page = read::after(&back);
        if outcome.changed == 0 {
            return Ok(FormSuccess::to(page));
        }
        let undo = read::undo_of(operation, &users, &outcome, &page);
        Ok(FormSuccess::flash(&page, read::flash(&action, &outcome), undo).await)
    })
    .await
}
