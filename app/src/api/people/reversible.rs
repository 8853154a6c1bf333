//! Actions on a user that need only a button, because they can be undone.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::target::TargetRef;
use uuid::Uuid;

use crate::api::{done::Done, error::ApiError, wire::Post};

/// What needs nothing but a button, because it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Lift the suspension.
    Lift,
    /// Take out of the bin.
    Restore,
}

impl Deed {
    /// Its word in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lift => "lift",
            Self::Restore => "restore",
        }
    }
}

/// Does to a user what needs nothing but a button.
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
            // Each change counts the version up by one: after any other the suspension that was lifted is not known.
            let is_known = before.summary.version.saturating_add(1) == version;
            let undo = is_known.then(|| read::suspend_again(before, version, &page));
            (FlashEvent::UserUnsuspended, undo.flatten())
        }
        Deed::Restore => {
            let after = service::users::restore(&services, &granted, target).await;
            let restored = read::seen(&after.map_err(ssr::fail)?.summary);
            // Without a retention a deletion is permanent, and so undoes nothing.
            let is_kept = !services.settings.delete_retention.is_zero();
            let fields = [("restorable", "true".to_owned())];
            let undo = is_kept.then(|| undo(BulkDeed::Delete, &[restored], &page, &fields));
            (FlashEvent::UserRestored, undo)
        }
    };
    Ok(Done::flash(&page, Flash::of(event, [name]), undo).await)
}
