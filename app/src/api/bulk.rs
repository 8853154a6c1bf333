//! One deed to several people at once.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use domain::users::bulk::BulkOutcome;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{done::Done, error::ApiError};

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
}

impl BulkDeed {
    /// Every one, in the order of their buttons.
    pub const ALL: [Self; 4] = [Self::Suspend, Self::Lift, Self::SignOut, Self::Delete];

    /// Its word in an address and in a form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Lift => "lift",
            Self::SignOut => "sign-out",
            Self::Delete => "delete",
        }
    }

    /// The deed of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word)
    }
}

/// Who would change and who not, and why. Nothing is done. `selected` has `id:version` of each, with spaces between.
#[server(endpoint = "preview-several", input = GetUrl)]
pub async fn preview_several(deed: BulkDeed, selected: String) -> Result<BulkOutcome, ApiError> {
    use super::ssr;
    use domain::users::{bulk::BulkRequest, suspension::SuspensionDraft};
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

/// Does it, if as many change as was shown. `back` is the list that it leads back to.
#[server(endpoint = "do-to-several")]
pub async fn do_to_several(
    deed: BulkDeed,
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] reason: String,
    #[server(default)] tell_reason: bool,
) -> Result<Done, ApiError> {
    use super::ssr;
    use domain::users::{bulk::BulkRequest, suspension::SuspensionDraft};
    let draft = SuspensionDraft {
        reason,
        until: None,
        tell_reason,
    };
    let request = BulkRequest {
        action: read::action(deed, draft),
        users: read::selected(&selected).map_err(ssr::fail)?,
        expected: Some(expected),
    };
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::users::bulk(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)?;
    Ok(Done::to(read::told(&back, deed)))
}

/// What a form says, as the service wants it.
#[cfg(feature = "ssr")]
mod read {
    use domain::{
        access::local_path,
        fields::FieldErrors,
        users::{
            bulk::{BulkAction, Selected},
            suspension::SuspensionDraft,
        },
    };
    use service::Error;

    use super::BulkDeed;

    pub(super) fn action(deed: BulkDeed, draft: SuspensionDraft) -> BulkAction {
        match deed {
            BulkDeed::Suspend => BulkAction::Suspend(draft),
            BulkDeed::Lift => BulkAction::Unsuspend,
            BulkDeed::SignOut => BulkAction::EndSessions,
            BulkDeed::Delete => BulkAction::Delete,
        }
    }

    pub(super) fn selected(text: &str) -> Result<Vec<Selected>, Error> {
        let one = |part: &str| {
            let (id, version) = part.split_once(':')?;
            Some(Selected {
                id: id.parse().ok()?,
                version: version.parse().ok()?,
            })
        };
        let all: Option<Vec<Selected>> = text.split_whitespace().map(one).collect();
        all.ok_or_else(|| {
            let mut faults = FieldErrors::default();
            let message = "This selection cannot be read. Go back to the list and select again.";
            faults.add("selected", message);
            Error::Invalid(faults)
        })
    }

    /// The address of the list, with what was done on it.
    pub(super) fn told(back: &str, deed: BulkDeed) -> String {
        let back = match local_path(back) {
            list if list.split('?').next() == Some("/users") => list,
            _ => "/users",
        };
        let word = match deed {
            BulkDeed::Suspend => "suspended",
            BulkDeed::Lift => "lifted",
            BulkDeed::SignOut => "signed-out",
            BulkDeed::Delete => "deleted",
        };
        let joint = if back.contains('?') { '&' } else { '?' };
        format!("{back}{joint}done={word}")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_selection_is_read_whole_or_not_at_all() {
            let id = "0198c2a4-0000-7000-8000-000000000001";
            let two = selected(&format!("{id}:1  {id}:22")).unwrap_or_default();
            let versions: Vec<i32> = two.iter().map(|selected| selected.version).collect();
            assert_eq!(versions, [1, 22]);
            assert!(selected("").is_ok_and(|none| none.is_empty()));
            for text in ["x", "x:1", id, &format!("{id}:"), &format!("{id}:1 x:1")] {
                assert!(selected(text).is_err(), "{text}");
            }
        }

        #[test]
        fn it_leads_back_to_the_list_and_nowhere_else() {
            for (back, expected) in [
                ("/users?sort=name", "/users?sort=name&done=deleted"),
                ("/users", "/users?done=deleted"),
                ("/account", "/users?done=deleted"),
                ("//evil.example/users", "/users?done=deleted"),
                ("", "/users?done=deleted"),
            ] {
                assert_eq!(told(back, BulkDeed::Delete), expected, "{back}");
            }
        }
    }
}
