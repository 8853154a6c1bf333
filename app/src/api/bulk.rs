//! One deed to several people at once.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

#[cfg(feature = "ssr")]
pub(super) mod read;

use domain::{access::local_path, users::bulk::BulkOutcome};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};

/// What is done to each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkDeed {
    /// Suspend them.
    Suspend,
    /// Lift their suspensions.
    Lift,
    /// End their sessions.
    SignOut,
    /// Put them into the bin.
    Delete,
    /// Take them out of the bin.
    Restore,
}

/// Who is selected, in the address of the list: `id:version:username`, as often as there are people.
pub const SELECTED: &str = "u";

impl BulkDeed {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Suspend,
        Self::Lift,
        Self::SignOut,
        Self::Delete,
        Self::Restore,
    ];

    /// Its word in an address and in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Lift => "lift",
            Self::SignOut => "sign-out",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }

    /// The deed of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }
}

/// Who would change and who not, and why. Nothing is done. `selected` has `id:version:username` of each, with spaces between.
#[server(endpoint = "preview-several", protocol = Get)]
pub async fn preview_several(deed: BulkDeed, selected: String) -> Result<BulkOutcome, ApiError> {
    use super::{site, ssr};
    use domain::users::{bulk::BulkRequest, suspension::SuspensionDraft};
    site::require()?;
    // Who can be suspended does not depend on the reason, which is yet to be typed.
    let any = SuspensionDraft {
        reason: "preview".to_owned(),
        ..SuspensionDraft::default()
    };
    let request = BulkRequest {
        action: read::action(deed, any),
        users: read::selected(&selected).map_err(ssr::fail)?,
        expected: None,
    };
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::users::bulk(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)
}

/// The page that a form leads back to: the address that the form says, if it is the list or the page of a user.
#[must_use]
pub fn list_of(back: &str) -> &str {
    match local_path(back) {
        page if page.starts_with("/users/") || page.split('?').next() == Some("/users") => page,
        _ => "/users",
    }
}

/// The message where a deletion that is to be undone later would be permanent.
#[cfg(feature = "ssr")]
const NOT_RESTORABLE: &str = "This server deletes users permanently now, so the restoration cannot be undone. Nothing was \
    deleted: open the page of the user to delete them.";

/// Does it, if as many change as was shown. `back` is the list that it leads back to, `until` a local time, `offset` its
/// minutes east of UTC. With `restorable` a deletion is denied where it would be permanent.
#[server(endpoint = "do-to-several", protocol = Post)]
pub async fn do_to_several(
    deed: BulkDeed,
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] reason: String,
    #[server(default)] until: String,
    #[server(default)] offset: i32,
    #[server(default)] tell_reason: bool,
    #[server(default)] restorable: bool,
) -> Result<Done, ApiError> {
    use super::{people::read::moment, ssr};
    use domain::users::{bulk::BulkRequest, suspension::SuspensionDraft};
    let draft = SuspensionDraft {
        reason,
        until: moment(&until, offset).map_err(ssr::fail)?,
        tell_reason,
    };
    let services = ssr::services()?;
    if restorable && deed == BulkDeed::Delete && services.settings.delete_retention.is_zero() {
        return Err(ssr::fail(service::Error::Conflict(NOT_RESTORABLE)));
    }
    let users = read::selected(&selected).map_err(ssr::fail)?;
    let request = BulkRequest {
        action: read::action(deed, draft),
        users: users.clone(),
        expected: Some(expected),
    };
    let action = request.action.clone();
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let outcome = service::users::bulk(&services, &granted, request)
        .await
        .map_err(ssr::fail)?;
    let page = read::after(&back);
    if outcome.changed == 0 {
        return Ok(Done::to(page));
    }
    let undo = read::undo_of(deed, &users, &outcome, &page);
    Ok(Done::flash(&page, read::flash(&action, &outcome), undo).await)
}
