//! One deed to several people at once.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

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
/// Who has just been changed, in the same address, so that it can be undone: as [`SELECTED`], with spaces between.
pub const UNDO: &str = "undo";

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

/// The list that a form leads back to: the address that the form says, if it is one of the list.
#[must_use]
pub fn list_of(back: &str) -> &str {
    match local_path(back) {
        list if list.split('?').next() == Some("/users") => list,
        _ => "/users",
    }
}

/// Does it, if as many change as was shown. `back` is the list that it leads back to, `until` a local time, `offset` its
/// minutes east of UTC.
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
) -> Result<Done, ApiError> {
    use super::{people::read::moment, ssr};
    use domain::users::{bulk::BulkRequest, suspension::SuspensionDraft};
    let draft = SuspensionDraft {
        reason,
        until: moment(&until, offset).map_err(ssr::fail)?,
        tell_reason,
    };
    let users = read::selected(&selected).map_err(ssr::fail)?;
    let request = BulkRequest {
        action: read::action(deed, draft),
        users: users.clone(),
        expected: Some(expected),
    };
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let outcome = service::users::bulk(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)?;
    if outcome.changed == 0 {
        return Ok(Done::to(list_of(&back)));
    }
    Ok(Done::to(read::told(&back, deed, &users, &outcome)))
}

/// What a form says, as the service wants it.
#[cfg(feature = "ssr")]
pub(super) mod read {
    use domain::{
        fields::FieldErrors,
        users::{
            bulk::{BulkAction, BulkOutcome, Selected},
            suspension::SuspensionDraft,
        },
    };
    use service::Error;

    use super::{BulkDeed, SELECTED, UNDO, list_of};

    pub(super) fn action(deed: BulkDeed, draft: SuspensionDraft) -> BulkAction {
        match deed {
            BulkDeed::Suspend => BulkAction::Suspend(draft),
            BulkDeed::Lift => BulkAction::Unsuspend {},
            BulkDeed::SignOut => BulkAction::EndSessions {},
            BulkDeed::Delete => BulkAction::Delete {},
            BulkDeed::Restore => BulkAction::Restore {},
        }
    }

    pub(in crate::api) fn selected(text: &str) -> Result<Vec<Selected>, Error> {
        let all: Result<Vec<Selected>, _> = text.split_whitespace().map(str::parse).collect();
        all.map_err(|_| {
            let mut faults = FieldErrors::default();
            let message = "This selection cannot be read. Go back to the list and select again.";
            faults.add("selected", message);
            Error::Invalid(faults)
        })
    }

    /// The address of the list, with what was done on it and to whom, if that can be undone.
    pub(super) fn told(
        back: &str,
        deed: BulkDeed,
        selected: &[Selected],
        outcome: &BulkOutcome,
    ) -> String {
        let (word, can_be_undone) = match deed {
            BulkDeed::Suspend => ("suspended", true),
            BulkDeed::Lift => ("lifted", false),
            BulkDeed::SignOut => ("signed-out", false),
            BulkDeed::Delete if outcome.restorable_until.is_none() => ("removed", false),
            BulkDeed::Delete => ("deleted", true),
            BulkDeed::Restore => ("restored", false),
        };
        let list = list_of(back).split_once('?').map_or("", |(_, query)| query);
        let list = form_urlencoded::parse(list.as_bytes())
            .filter(|(name, _)| ![SELECTED, UNDO, "done"].contains(&name.as_ref()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(list);
        if can_be_undone {
            query.append_pair(UNDO, &changed(selected, outcome));
        }
        query.append_pair("done", word);
        format!("/users?{}", query.finish())
    }

    /// Who was changed, as they are now: each change counts their version up by one.
    fn changed(selected: &[Selected], outcome: &BulkOutcome) -> String {
        let is_changed = |selected: &&Selected| {
            let item = outcome.items.iter().find(|item| item.id.0 == selected.id);
            item.is_some_and(|item| item.skipped.is_none())
        };
        let keys: Vec<String> = selected
            .iter()
            .filter(is_changed)
            .map(|selected| {
                let version = selected.version.saturating_add(1);
                Selected { version, ..selected.clone() }.to_string()
            })
            .collect();
        keys.join(" ")
    }

    #[cfg(test)]
    mod tests {
        use domain::users::{UserId, bulk::BulkItem};
        use uuid::Uuid;

        use super::*;

        #[test]
        fn a_selection_is_read_whole_or_not_at_all() {
            let id = "0198c2a4-0000-7000-8000-000000000001";
            let two = selected(&format!("{id}:1:ada  {id}:22:bob")).unwrap_or_default();
            let versions: Vec<i32> = two.iter().map(|selected| selected.version).collect();
            assert_eq!(versions, [1, 22]);
            assert!(selected("").is_ok_and(|none| none.is_empty()));
            for text in ["x", "x:1:ada", id, &format!("{id}:1"), &format!("{id}:1:ada x:1:bob")] {
                assert!(selected(text).is_err(), "{text}");
            }
        }

        #[test]
        fn it_leads_back_to_the_list_and_nowhere_else() {
            let nobody = outcome(&[]);
            for (back, expected) in [
                ("/users?sort=name", "/users?sort=name&done=lifted"),
                (
                    "/users?q=a&u=x%3A1&undo=y&done=saved",
                    "/users?q=a&done=lifted",
                ),
                ("/users", "/users?done=lifted"),
                ("/account", "/users?done=lifted"),
                ("//evil.example/users", "/users?done=lifted"),
                ("", "/users?done=lifted"),
            ] {
                assert_eq!(told(back, BulkDeed::Lift, &[], &nobody), expected, "{back}");
            }
        }

        #[test]
        fn what_can_be_undone_says_to_whom_it_was_done() {
            let [ada, bob] = [1, 2].map(Uuid::from_u128);
            let selected = [(ada, 7), (bob, 3)].map(|(id, version)| Selected {
                id,
                version,
                username: Some("someone".to_owned()),
            });
            let mut outcome = outcome(&[(ada, None), (bob, Some("Is not active."))]);
            let undo = "undo=00000000-0000-0000-0000-000000000001%3A8%3Asomeone";
            let told = |deed, outcome: &BulkOutcome| told("", deed, &selected, outcome);
            assert_eq!(
                told(BulkDeed::Suspend, &outcome),
                format!("/users?{undo}&done=suspended")
            );
            // Without a bin there is nothing to restore from.
            assert_eq!(told(BulkDeed::Delete, &outcome), "/users?done=removed");
            outcome.restorable_until = Some(time::OffsetDateTime::UNIX_EPOCH);
            assert_eq!(
                told(BulkDeed::Delete, &outcome),
                format!("/users?{undo}&done=deleted")
            );
        }

        fn outcome(items: &[(Uuid, Option<&str>)]) -> BulkOutcome {
            let items = items.iter().map(|(id, skipped)| BulkItem {
                id: UserId(*id),
                username: String::new(),
                skipped: skipped.map(str::to_owned),
            });
            BulkOutcome {
                changed: 0,
                items: items.collect(),
                restorable_until: None,
            }
        }
    }
}
