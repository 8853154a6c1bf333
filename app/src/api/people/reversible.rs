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

use crate::api::{done::Done, error::ApiError, wire::Post};

/// Action that needs only a button, because it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Lifts the suspension.
    Lift,
    /// Restores the deleted user.
    Restore,
}

impl Deed {
    /// Name of the action in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lift => "lift",
            Self::Restore => "restore",
        }
    }
}

/// Lifts the suspension of a user, or restores a deleted user.
#[server(endpoint = "do-to-user", protocol = Post)]
pub async fn do_to_user(
    page: String,
    id: Uuid,
    username: String,
    deed: Deed,
) -> Result<Done, ApiError> {
    use crate::api::{
        bulk::{BulkDeed, read::undo},
        people::read,
        ssr,
    };
    use domain::{
        flash::{Flash, FlashEvent},
        users::detail::UserRef,
    };
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let granted = actor.require().map_err(ssr::fail)?;
    let reader = actor.require().map_err(ssr::fail)?;
    let before = service::users::get(&services, &reader, &UserRef::Id(id)).await;
    let before = before.map_err(ssr::fail)?;
    let name = before.summary.username.clone();
    let target = TargetRef::of_user(id, username);
    let (event, undo) = match deed {
        Deed::Lift => {
            let after = service::users::unsuspend(&services, &granted, target).await;
            let version = after.map_err(ssr::fail)?.summary.version;
            // Each change increments the version by one. A larger difference means another change in between, after which
            // the lifted suspension is unknown.
            let is_known = before.summary.version.saturating_add(1) == version;
            let undo = is_known.then(|| read::suspend_again(before, version, &page));
            (FlashEvent::UserUnsuspended, undo.flatten())
        }
        Deed::Restore => {
            let after = service::users::restore(&services, &granted, target).await;
            let restored = read::seen(&after.map_err(ssr::fail)?.summary);
            // Without a retention period a deletion is permanent, so it cannot serve as undo.
            let is_kept = !services.settings.delete_retention.is_zero();
            let fields = [("restorable", "true".to_owned())];
            let undo = is_kept.then(|| undo(BulkDeed::Delete, &[restored], &page, &fields));
            (FlashEvent::UserRestored, undo)
        }
    };
    Ok(Done::flash(&page, Flash::of(event, [name]), undo).await)
}
