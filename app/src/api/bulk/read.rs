//! Conversion of the bulk action forms to the arguments of the service.

use domain::{
    fields::FieldErrors,
    flash::{Flash, FlashEvent, Undo},
    messages,
    users::{
        action::{BulkAction, UserAction},
        bulk::{BulkOutcome, Selected},
        deleted::LostAccess,
    },
};
use service::Error;

use super::{SELECTED, list_of};
use crate::api::user_actions::reversible::undo;

/// Parses the selection: `id:version:username` of each user, separated by spaces.
pub(in crate::api) fn selected(text: &str) -> Result<Vec<Selected>, Error> {
    let all: Result<Vec<Selected>, _> = text.split_whitespace().map(str::parse).collect();
    all.map_err(|_| {
        let mut errors = FieldErrors::default();
        errors.add("selected", messages::selection_invalid());
        Error::Invalid(errors)
    })
}

/// Returns the page to go back to, without the selection in its query.
pub(in crate::api) fn after(back: &str) -> String {
    let page = list_of(back);
    let Some((path, query)) = page.split_once('?') else {
        return page.to_owned();
    };
    let state = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != SELECTED);
    let mut query = form_urlencoded::Serializer::new(String::new());
    match query.extend_pairs(state).finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Returns the flash message about the changed users.
pub(super) fn flash(action: &BulkAction, outcome: &BulkOutcome) -> Flash {
    let event = match action {
        BulkAction::Delete {} if outcome.restorable_until.is_none() => FlashEvent::DeletionStarted,
        action => FlashEvent::User(action.user_action()),
    };
    let until = match action {
        BulkAction::Suspend(draft) => draft.until,
        _ => None,
    };
    let lost = outcome.items.iter().filter_map(|item| item.lost.as_ref());
    Flash::of(event, changed_names(outcome))
        .until(until)
        .losing(lost.flat_map(LostAccess::names))
}

/// Returns the usernames of the changed users.
pub(in crate::api) fn changed_names(outcome: &BulkOutcome) -> impl Iterator<Item = &str> {
    let changed = outcome.items.iter().filter(|item| item.skipped.is_none());
    changed.map(|item| item.username.as_str())
}

/// Returns the form that undoes the action for the changed users. Returns `None` if it cannot be undone.
pub(super) fn undo_of(
    operation: UserAction,
    selected: &[Selected],
    outcome: &BulkOutcome,
    back: &str,
) -> Option<Undo> {
    let is_permanent = operation == UserAction::Delete && outcome.restorable_until.is_none();
    // An action with fields of its own, such as the reason of each suspension, cannot undo one on several users.
    let reverse = operation
        .undone_by()
        .filter(|reverse| reverse.is_immediate() && !is_permanent)?;
    Some(undo(reverse, &changed(selected, outcome), back, &[]))
}

/// Returns the changed users at their new versions: each change increments the version by one.
pub(in crate::api) fn changed(selected: &[Selected], outcome: &BulkOutcome) -> Vec<Selected> {
    let is_changed = |selected: &&Selected| {
        let item = outcome.items.iter().find(|item| item.id.0 == selected.id);
        item.is_some_and(|item| item.skipped.is_none())
    };
    let changed = selected.iter().filter(is_changed);
    let at_new_version = |selected: &Selected| Selected {
        version: selected.version.saturating_add(1),
        ..selected.clone()
    };
    changed.map(at_new_version).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        message::Message,
        users::{UserId, bulk::BulkItem},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn malformed_selection_is_rejected_as_a_whole() {
        let id = "0198c2a4-0000-7000-8000-000000000001";
        let two = selected(&format!("{id}:1:ada  {id}:22:bob")).unwrap_or_default();
        let versions: Vec<i32> = two.iter().map(|selected| selected.version).collect();
        assert_eq!(versions, [1, 22]);
        assert!(selected("").is_ok_and(|none| none.is_empty()));
        for text in [
            "x",
            "x:1:ada",
            id,
            &format!("{id}:1"),
            &format!("{id}:1:ada x:1:bob"),
        ] {
            assert!(selected(text).is_err(), "{text}");
        }
    }

    #[test]
    fn back_link_stays_within_users() {
        for (back, expected) in [
            ("/users?sort=name", "/users?sort=name"),
            ("/users?q=a&u=x%3A1", "/users?q=a"),
            ("/users?u=x%3A1", "/users"),
            ("/users", "/users"),
            ("/users/ada", "/users/ada"),
            ("/usersx", "/users"),
            ("/account", "/users"),
            ("//evil.example/users", "/users"),
            ("", "/users"),
        ] {
            assert_eq!(after(back), expected, "{back}");
        }
    }

    #[test]
    fn undo_covers_only_changed_users() {
        let [ada, bob] = [1, 2].map(Uuid::from_u128);
        let selected = [(ada, 7), (bob, 3)].map(|(id, version)| Selected {
            id,
            version,
            username: Some("someone".to_owned()),
        });
        let mut outcome = outcome(&[(ada, None), (bob, Some("Is not active."))]);
        let undo =
            |operation, outcome: &BulkOutcome| undo_of(operation, &selected, outcome, "/users");
        let unsuspend = undo(UserAction::Suspend, &outcome).unwrap();
        assert_eq!(unsuspend.path, "/users/bulk/unsuspend");
        assert_eq!(
            unsuspend.form,
            "operation=unsuspend&selected=00000000000000000000000000000001%3A8%3Asomeone&expected=1&back=%2Fusers"
        );
        // Without a retention period, deletion is permanent and has no undo.
        assert_eq!(undo(UserAction::Delete, &outcome), None);
        outcome.restorable_until = Some(time::OffsetDateTime::UNIX_EPOCH);
        let restore = undo(UserAction::Delete, &outcome).unwrap();
        assert_eq!(restore.path, "/users/bulk/restore");
        for operation in [
            UserAction::Unsuspend,
            UserAction::RevokeSessions,
            UserAction::Restore,
        ] {
            assert_eq!(undo(operation, &outcome), None);
        }
    }

    fn outcome(items: &[(Uuid, Option<&str>)]) -> BulkOutcome {
        let items = items.iter().map(|(id, skipped)| BulkItem {
            id: UserId(*id),
            username: String::new(),
            skipped: skipped.map(|reason| Message::verbatim(reason.to_owned())),
            lost: None,
        });
        BulkOutcome {
            changed: 0,
            items: items.collect(),
            restorable_until: None,
        }
    }
}
