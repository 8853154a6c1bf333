use serde_json::json;

use super::*;

fn history(attempts: &[(Operation, &str, Outcome)]) -> History {
    let attempt = |(operation, mark, outcome): &(Operation, &str, Outcome)| Attempt {
        operation: *operation,
        mark: (*mark).to_owned(),
        outcome: *outcome,
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

const CREATED: (Operation, &str, Outcome) = (Operation::Create, "one", Outcome::Done);

#[test]
fn acknowledged_change_is_present() {
    let asked = history(&[CREATED, (Operation::Rename, "two", Outcome::Done)]);
    let entries = [created(), renamed("one", "two")];
    assert_eq!(
        asked.judge(Some(&row("two", 2)), &entries),
        [] as [String; 0]
    );
}

#[test]
fn unclear_change_is_whole_or_absent() {
    let asked = history(&[CREATED, (Operation::Rename, "two", Outcome::Unclear)]);
    let both = [created(), renamed("one", "two")];
    assert!(asked.judge(Some(&row("two", 2)), &both).is_empty());
    assert!(asked.judge(Some(&row("one", 1)), &[created()]).is_empty());
    // A change without its event, and an event without its change.
    assert!(!asked.judge(Some(&row("two", 2)), &[created()]).is_empty());
    assert!(!asked.judge(Some(&row("one", 1)), &both).is_empty());
}

#[test]
fn lost_change_is_detected() {
    let asked = history(&[CREATED, (Operation::Rename, "two", Outcome::Done)]);
    let disruptions = asked.judge(Some(&row("one", 1)), &[created()]);
    assert_eq!(
        disruptions,
        ["p: user.updated \"two\" was acknowledged and is not in the audit log"]
    );
}

#[test]
fn change_without_its_entry_is_detected() {
    let rename = |mark| (Operation::Rename, mark, Outcome::Unclear);
    let asked = history(&[CREATED, rename("two"), rename("three")]);
    let disruptions = asked.judge(
        Some(&row("three", 3)),
        &[created(), renamed("two", "three")],
    );
    assert_eq!(
        disruptions,
        [
            "p: user.updated changes the displayName \"two\", which was \"one\"",
            "p: the account has version 3 after 1 recorded changes"
        ]
    );
}

#[test]
fn rejected_change_that_happened_is_detected() {
    let asked = history(&[CREATED, (Operation::Suspend, "because", Outcome::Rejected)]);
    let disruptions = asked.judge(Some(&row("one", 1)), &[created(), suspended("because")]);
    assert!(
        disruptions
            .iter()
            .any(|disruption| disruption.contains("was denied and is in the audit log")),
        "{disruptions:?}"
    );
}

#[test]
fn repeated_change_is_detected() {
    let asked = history(&[CREATED, (Operation::Rename, "two", Outcome::Done)]);
    let entries = [created(), renamed("one", "two"), renamed("two", "two")];
    let disruptions = asked.judge(Some(&row("two", 3)), &entries);
    assert_eq!(
        disruptions,
        ["p: user.updated \"two\" is in the audit log more than once"]
    );
}

#[test]
fn unrequested_change_is_detected() {
    let asked = history(&[CREATED]);
    let disruptions = asked.judge(Some(&row("x", 2)), &[created(), renamed("one", "x")]);
    assert_eq!(disruptions, ["p: user.updated \"x\" was not requested"]);
    let strange = [created(), entry("user.exploded", json!({}))];
    assert!(!asked.judge(Some(&row("one", 1)), &strange).is_empty());
}

#[test]
fn changes_without_a_text_are_counted() {
    let end = |outcome| (Operation::RevokeSessions, "", outcome);
    let ended = || entry("user.sessions_ended", json!({ "sessions": [1, 0] }));
    let asked = history(&[
        CREATED,
        end(Outcome::Done),
        end(Outcome::Unclear),
        end(Outcome::Rejected),
    ]);
    for (entries, is_right) in [
        (vec![created()], false),
        (vec![created(), ended()], true),
        (vec![created(), ended(), ended()], true),
        (vec![created(), ended(), ended(), ended()], false),
    ] {
        let disruptions = asked.judge(Some(&row("one", 1)), &entries);
        assert_eq!(disruptions.is_empty(), is_right, "{disruptions:?}");
    }
}

#[test]
fn entries_without_an_account_are_detected() {
    let asked = history(&[(Operation::Create, "one", Outcome::Unclear)]);
    assert!(asked.judge(None, &[]).is_empty());
    assert_eq!(
        asked.judge(None, &[created()]),
        ["p: has no account, but 1 audit events"]
    );
}

#[test]
fn unclear_outcomes_are_counted() {
    let rename = |mark| (Operation::Rename, mark, Outcome::Unclear);
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
