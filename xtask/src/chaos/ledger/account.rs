//! An account and the state that follows from its audit events.

use std::fmt::{self, Display, Formatter};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Operation;

/// Account in the database.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::chaos) struct Row {
    pub(in crate::chaos) username: String,
    version: u64,
    #[serde(flatten)]
    state: State,
}

/// Fields that the changes affect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    display_name: Value,
    status: Value,
    reason: Value,
    deleted: Value,
}

/// Event in the audit log.
#[derive(Debug, Deserialize)]
pub(in crate::chaos) struct Entry {
    pub(in crate::chaos) username: String,
    pub(super) action: String,
    changes: Map<String, Value>,
}

/// Checks that the account has the state that its events describe, that each event continues from the state before
/// it, and that the version is one more than `changes`, the number of events that increment it. This finds a change
/// without its event and an event without its change. Returns the differences.
pub(super) fn judge(row: Option<&Row>, entries: &[Entry], changes: usize) -> Vec<String> {
    let Some(row) = row else {
        let disruption = format!("has no account, but {} audit events", entries.len());
        return if entries.is_empty() {
            Vec::new()
        } else {
            vec![disruption]
        };
    };
    let mut disruptions = Vec::new();
    let mut state = State::default();
    for entry in entries {
        disruptions.extend(state.apply(entry));
    }
    if state != row.state {
        disruptions.push(format!(
            "the account is {}, but according to its audit events {state}",
            row.state
        ));
    }
    if row.version != changes as u64 + 1 {
        disruptions.push(format!(
            "the account has version {} after {changes} recorded changes",
            row.version
        ));
    }
    disruptions
}

impl State {
    /// Applies an event. Returns the fields whose old value differs from the current state.
    fn apply(&mut self, entry: &Entry) -> Vec<String> {
        if entry.action == Operation::Create.action() {
            self.status = "active".into();
            self.deleted = false.into();
        }
        let mut disruptions = Vec::new();
        for (field, current) in [
            ("displayName", &mut self.display_name),
            ("status", &mut self.status),
            ("reason", &mut self.reason),
            ("deleted", &mut self.deleted),
        ] {
            let Some(change) = entry.changes.get(field) else {
                continue;
            };
            let before = change.get(0).unwrap_or(&Value::Null);
            if before != current {
                disruptions.push(format!(
                    "{} changes the {field} {before}, which was {current}",
                    entry.action
                ));
            }
            *current = change.get(1).cloned().unwrap_or_default();
        }
        disruptions
    }
}

impl Display for State {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            display_name,
            status,
            reason,
            deleted,
        } = self;
        write!(
            f,
            "{display_name}, status {status}, reason {reason}, deleted {deleted}"
        )
    }
}

impl Entry {
    /// Returns the new value of a field.
    pub(super) fn after(&self, field: &str) -> Option<&Value> {
        self.changes.get(field)?.get(1)
    }
}
