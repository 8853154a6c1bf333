//! Requested changes, their responses, and the state of the database that must follow.

mod account;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use account::{Entry, Row};

/// Change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Create,
    Rename,
    Suspend,
    Unsuspend,
    Delete,
    Restore,
    RevokeSessions,
    RevokeSession,
}

impl Operation {
    const ALL: [Self; 8] = [
        Self::Create,
        Self::Rename,
        Self::Suspend,
        Self::Unsuspend,
        Self::Delete,
        Self::Restore,
        Self::RevokeSessions,
        Self::RevokeSession,
    ];

    /// Returns the name in the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Rename => "rename",
            Self::Suspend => "suspend",
            Self::Unsuspend => "unsuspend",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::RevokeSessions => "end all sessions",
            Self::RevokeSession => "revoke a session",
        }
    }

    /// Returns the action in the audit log.
    fn action(self) -> &'static str {
        match self {
            Self::Create => "user.created",
            Self::Rename => "user.updated",
            Self::Suspend => "user.suspended",
            Self::Unsuspend => "user.unsuspended",
            Self::Delete => "user.deleted",
            Self::Restore => "user.restored",
            Self::RevokeSessions => "user.sessions_ended",
            Self::RevokeSession => "user.session_revoked",
        }
    }

    /// Returns the field of the audit event that holds the unique text of the change; `None` if such a change has no
    /// text.
    fn marked_by(self) -> Option<&'static str> {
        match self {
            Self::Create | Self::Rename => Some("displayName"),
            Self::Suspend => Some("reason"),
            Self::Unsuspend
            | Self::Delete
            | Self::Restore
            | Self::RevokeSessions
            | Self::RevokeSession => None,
        }
    }

    /// Reports whether the change increments the version of the account.
    fn counts_version(self) -> bool {
        match self {
            Self::Rename | Self::Suspend | Self::Unsuspend | Self::Delete | Self::Restore => true,
            Self::Create | Self::RevokeSessions | Self::RevokeSession => false,
        }
    }
}

/// Effect of a change, as far as its response shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Acknowledged: it is in the database permanently.
    Done,
    /// Denied or never arrived: it is not in the database.
    Rejected,
    /// Without a clear response: it is in the database completely or not at all.
    Unclear,
}

/// Requested change.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) operation: Operation,
    /// Unique text of the change; empty if such a change has no text.
    pub(super) mark: String,
    pub(super) outcome: Outcome,
}

/// Changes that were requested for an account, in order. One worker sends them, one after the other.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) username: String,
    pub(super) attempts: Vec<Attempt>,
}

/// Number of unclear changes of an account by their result.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unclear {
    pub(super) there: usize,
    pub(super) not_there: usize,
}

impl History {
    /// Compares the account and its audit events, oldest first, with the requested changes. Returns the differences.
    pub(super) fn judge(&self, row: Option<&Row>, entries: &[Entry]) -> Vec<String> {
        let mut disruptions = Vec::new();
        let mut by_action: BTreeMap<Operation, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            match Operation::ALL
                .into_iter()
                .find(|operation| operation.action() == entry.action)
            {
                Some(operation) => by_action.entry(operation).or_default().push(entry),
                None => {
                    disruptions.push(format!("the audit log has an unexpected {}", entry.action));
                }
            }
        }
        for operation in Operation::ALL {
            let found = by_action.get(&operation).map_or(&[][..], Vec::as_slice);
            disruptions.extend(match operation.marked_by() {
                Some(field) => self.judge_marked(operation, field, found),
                None => self
                    .judge_counted(operation, found.len())
                    .into_iter()
                    .collect(),
            });
        }
        disruptions.extend(account::judge(row, entries, versions(&by_action)));
        let name = &self.username;
        disruptions
            .into_iter()
            .map(|disruption| format!("{name}: {disruption}"))
            .collect()
    }

    /// Checks that each change with a unique text has the audit event that it must have.
    fn judge_marked(&self, operation: Operation, field: &str, entries: &[&Entry]) -> Vec<String> {
        let mut left: Vec<&str> = entries
            .iter()
            .map(|entry| entry.after(field).and_then(Value::as_str).unwrap_or("?"))
            .collect();
        let mut disruptions = Vec::new();
        for attempt in self.of(operation) {
            let before = left.len();
            left.retain(|mark| *mark != attempt.mark);
            let found = before - left.len();
            let disruption = match (attempt.outcome, found) {
                (Outcome::Done, 1) | (Outcome::Rejected, 0) | (Outcome::Unclear, 0 | 1) => continue,
                (Outcome::Done, 0) => "was acknowledged and is not in the audit log",
                (Outcome::Rejected, 1) => "was denied and is in the audit log",
                (Outcome::Done | Outcome::Rejected | Outcome::Unclear, _) => {
                    "is in the audit log more than once"
                }
            };
            disruptions.push(format!(
                "{} {:?} {disruption}",
                operation.action(),
                attempt.mark
            ));
        }
        let unasked = |mark: &&str| format!("{} {mark:?} was not requested", operation.action());
        disruptions.extend(left.iter().map(unasked));
        disruptions
    }

    /// Checks that the number of audit events of changes without a text is possible.
    fn judge_counted(&self, operation: Operation, found: usize) -> Option<String> {
        let count = |outcome| {
            self.of(operation)
                .filter(|attempt| attempt.outcome == outcome)
                .count()
        };
        let (done, unclear) = (count(Outcome::Done), count(Outcome::Unclear));
        let is_right = (done..=done + unclear).contains(&found);
        (!is_right).then(|| {
            format!(
                "{} was acknowledged {done} times and unclear {unclear} times, and is in the audit log {found} times",
                operation.action()
            )
        })
    }

    fn of(&self, operation: Operation) -> impl Iterator<Item = &Attempt> {
        self.attempts
            .iter()
            .filter(move |attempt| attempt.operation == operation)
    }

    /// Counts how many unclear changes took effect, derived from the number of audit events.
    pub(super) fn unclear(&self, entries: &[Entry]) -> Unclear {
        let count = |outcome| {
            self.attempts
                .iter()
                .filter(|attempt| attempt.outcome == outcome)
                .count()
        };
        let there = entries.len().saturating_sub(count(Outcome::Done));
        Unclear {
            there,
            not_there: count(Outcome::Unclear).saturating_sub(there),
        }
    }
}

/// Returns the number of events whose change incremented the version of the account.
fn versions(by_action: &BTreeMap<Operation, Vec<&Entry>>) -> usize {
    by_action
        .iter()
        .filter(|(operation, _)| operation.counts_version())
        .map(|(_, entries)| entries.len())
        .sum()
}

#[cfg(test)]
mod tests;
