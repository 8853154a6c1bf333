use serde_json::json;

use super::*;

fn history(attempts: &[(Deed, &str, Fate)]) -> History {
    let attempt = |(deed, mark, fate): &(Deed, &str, Fate)| Attempt {
        deed: *deed,
        mark: (*mark).to_owned(),
        fate: *fate,
    };
    History {
        username: "p".to_owned(),
        attempts: attempts.iter().map(attempt).collect(),
    }
}

fn entry(action: &str, changes: Value) -> Entry {
    serde_json::from_value(json!({ "username": "p", "action": action, "changes": changes }))
        .unwrap()
}

fn created() -> Entry {
    entry("user.created", json!({ "displayName": [null, "one"] }))
}

fn renamed(before: &str, after: &str) -> Entry {
    entry("user.updated", json!({ "displayName": [before, after] }))
}

fn suspended(reason: &str) -> Entry {
    let changes = json!({ "status": ["active", "suspended"], "reason": [null, reason] });
    entry("user.suspended", changes)
}

fn row(name: &str, version: u64) -> Row {
    let row = json!({
        "username": "p", "displayName": name, "status": "active", "reason": null, "deleted": false,
        "version": version,
    });
    serde_json::from_value(row).unwrap()
}

const CREATED: (Deed, &str, Fate) = (Deed::Create, "one", Fate::Done);

#[test]
fn what_was_acknowledged_and_is_there_is_right() {
    let asked = history(&[CREATED, (Deed::Rename, "two", Fate::Done)]);
    let entries = [created(), renamed("one", "two")];
    assert_eq!(
        asked.judge(Some(&row("two", 2)), &entries),
        [] as [String; 0]
    );
}

#[test]
fn an_unclear_change_is_there_as_a_whole_or_not_at_all() {
    let asked = history(&[CREATED, (Deed::Rename, "two", Fate::Unclear)]);
    let both = [created(), renamed("one", "two")];
    assert!(asked.judge(Some(&row("two", 2)), &both).is_empty());
    assert!(asked.judge(Some(&row("one", 1)), &[created()]).is_empty());
    // A change without its event, and an event without its change.
    assert!(!asked.judge(Some(&row("two", 2)), &[created()]).is_empty());
    assert!(!asked.judge(Some(&row("one", 1)), &both).is_empty());
}

#[test]
fn a_lost_change_is_found() {
    let asked = history(&[CREATED, (Deed::Rename, "two", Fate::Done)]);
    let faults = asked.judge(Some(&row("one", 1)), &[created()]);
    assert_eq!(
        faults,
        ["p: user.updated \"two\" was acknowledged and is not in the audit log"]
    );
}

#[test]
fn a_change_without_its_entry_is_found_though_another_followed() {
    let rename = |mark| (Deed::Rename, mark, Fate::Unclear);
    let asked = history(&[CREATED, rename("two"), rename("three")]);
    let faults = asked.judge(
        Some(&row("three", 3)),
        &[created(), renamed("two", "three")],
    );
    assert_eq!(
        faults,
        [
            "p: user.updated changes the displayName \"two\", which was \"one\"",
            "p: the account has version 3 after 1 recorded changes"
        ]
    );
}

#[test]
fn a_refused_change_that_happened_is_found() {
    let asked = history(&[CREATED, (Deed::Suspend, "because", Fate::Refused)]);
    let faults = asked.judge(Some(&row("one", 1)), &[created(), suspended("because")]);
    assert!(
        faults
            .iter()
            .any(|fault| fault.contains("was denied and is in the audit log")),
        "{faults:?}"
    );
}

#[test]
fn a_change_that_happened_twice_is_found() {
    let asked = history(&[CREATED, (Deed::Rename, "two", Fate::Done)]);
    let entries = [created(), renamed("one", "two"), renamed("two", "two")];
    let faults = asked.judge(Some(&row("two", 3)), &entries);
    assert_eq!(
        faults,
        ["p: user.updated \"two\" is in the audit log more than once"]
    );
}

#[test]
fn what_nobody_asked_for_is_found() {
    let asked = history(&[CREATED]);
    let faults = asked.judge(Some(&row("x", 2)), &[created(), renamed("one", "x")]);
    assert_eq!(faults, ["p: user.updated \"x\" was not requested"]);
    let strange = [created(), entry("user.exploded", json!({}))];
    assert!(!asked.judge(Some(&row("one", 1)), &strange).is_empty());
}

#[test]
fn changes_without_a_text_are_counted() {
    let end = |fate| (Deed::EndSessions, "", fate);
    let ended = || entry("user.sessions_ended", json!({ "sessions": [1, 0] }));
    let asked = history(&[
        CREATED,
        end(Fate::Done),
        end(Fate::Unclear),
        end(Fate::Refused),
    ]);
    for (entries, is_right) in [
        (vec![created()], false),
        (vec![created(), ended()], true),
        (vec![created(), ended(), ended()], true),
        (vec![created(), ended(), ended(), ended()], false),
    ] {
        let faults = asked.judge(Some(&row("one", 1)), &entries);
        assert_eq!(faults.is_empty(), is_right, "{faults:?}");
    }
}

#[test]
fn entries_without_an_account_are_found() {
    let asked = history(&[(Deed::Create, "one", Fate::Unclear)]);
    assert!(asked.judge(None, &[]).is_empty());
    assert_eq!(
        asked.judge(None, &[created()]),
        ["p: has no account, but 1 audit events"]
    );
}

#[test]
fn how_unclear_changes_ended_is_counted() {
    let rename = |mark| (Deed::Rename, mark, Fate::Unclear);
    let asked = history(&[CREATED, rename("two"), rename("three")]);
    let found = asked.unclear(&[created(), renamed("one", "two")]);
    assert_eq!(
        found,
        Unclear {
            there: 1,
            not_there: 1
        }
    );
}
