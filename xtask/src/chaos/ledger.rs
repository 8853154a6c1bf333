//! Requested changes, their responses, and the state of the database that must follow.

mod account;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use account::{Entry, Row};

/// Change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Create,
    Rename,
    Suspend,
    Unsuspend,
    Delete,
    Restore,
    EndSessions,
    RevokeSession,
}

impl Deed {
    const ALL: [Self; 8] = [
        Self::Create,
        Self::Rename,
        Self::Suspend,
        Self::Unsuspend,
        Self::Delete,
        Self::Restore,
        Self::EndSessions,
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
            Self::EndSessions => "end all sessions",
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
            Self::EndSessions => "user.sessions_ended",
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
            | Self::EndSessions
            | Self::RevokeSession => None,
        }
    }

    /// Reports whether the change increments the version of the account.
    fn counts_version(self) -> bool {
        match self {
            Self::Rename | Self::Suspend | Self::Unsuspend | Self::Delete | Self::Restore => true,
            Self::Create | Self::EndSessions | Self::RevokeSession => false,
        }
    }
}

/// Effect of a change, as far as its response shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Acknowledged: it is in the database permanently.
    Done,
    /// Denied or never arrived: it is not in the database.
    Refused,
    /// Without a clear response: it is in the database completely or not at all.
    Unclear,
}

/// Requested change.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) deed: Deed,
    /// Unique text of the change; empty if such a change has no text.
    pub(super) mark: String,
    pub(super) fate: Fate,
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
        let mut faults = Vec::new();
        let mut by_deed: BTreeMap<Deed, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            match Deed::ALL
                .into_iter()
                .find(|deed| deed.action() == entry.action)
            {
                Some(deed) => by_deed.entry(deed).or_default().push(entry),
                None => faults.push(format!("the audit log has an unexpected {}", entry.action)),
            }
        }
        for deed in Deed::ALL {
            let found = by_deed.get(&deed).map_or(&[][..], Vec::as_slice);
            faults.extend(match deed.marked_by() {
                Some(field) => self.judge_marked(deed, field, found),
                None => self.judge_counted(deed, found.len()).into_iter().collect(),
            });
        }
        faults.extend(account::judge(row, entries, versions(&by_deed)));
        let name = &self.username;
        faults
            .into_iter()
            .map(|fault| format!("{name}: {fault}"))
            .collect()
    }

    /// Checks that each change with a unique text has the audit event that it must have.
    fn judge_marked(&self, deed: Deed, field: &str, entries: &[&Entry]) -> Vec<String> {
        let mut left: Vec<&str> = entries
            .iter()
            .map(|entry| entry.after(field).and_then(Value::as_str).unwrap_or("?"))
            .collect();
        let mut faults = Vec::new();
        for attempt in self.of(deed) {
            let before = left.len();
            left.retain(|mark| *mark != attempt.mark);
            let found = before - left.len();
            let fault = match (attempt.fate, found) {
                (Fate::Done, 1) | (Fate::Refused, 0) | (Fate::Unclear, 0 | 1) => continue,
                (Fate::Done, 0) => "was acknowledged and is not in the audit log",
                (Fate::Refused, 1) => "was denied and is in the audit log",
                (Fate::Done | Fate::Refused | Fate::Unclear, _) => {
                    "is in the audit log more than once"
                }
            };
            faults.push(format!("{} {:?} {fault}", deed.action(), attempt.mark));
        }
        let unasked = |mark: &&str| format!("{} {mark:?} was not requested", deed.action());
        faults.extend(left.iter().map(unasked));
        faults
    }

    /// Checks that the number of audit events of changes without a text is possible.
    fn judge_counted(&self, deed: Deed, found: usize) -> Option<String> {
        let count = |fate| self.of(deed).filter(|attempt| attempt.fate == fate).count();
        let (done, unclear) = (count(Fate::Done), count(Fate::Unclear));
        let is_right = (done..=done + unclear).contains(&found);
        (!is_right).then(|| {
            format!(
                "{} was acknowledged {done} times and unclear {unclear} times, and is in the audit log {found} times",
                deed.action()
            )
        })
    }

    fn of(&self, deed: Deed) -> impl Iterator<Item = &Attempt> {
        self.attempts
            .iter()
            .filter(move |attempt| attempt.deed == deed)
    }

    /// Counts how many unclear changes took effect, derived from the number of audit events.
    pub(super) fn unclear(&self, entries: &[Entry]) -> Unclear {
        let count = |fate| {
            self.attempts
                .iter()
                .filter(|attempt| attempt.fate == fate)
                .count()
        };
        let there = entries.len().saturating_sub(count(Fate::Done));
        Unclear {
            there,
            not_there: count(Fate::Unclear).saturating_sub(there),
        }
    }
}

/// Returns the number of events whose change incremented the version of the account.
fn versions(by_deed: &BTreeMap<Deed, Vec<&Entry>>) -> usize {
    by_deed
        .iter()
        .filter(|(deed, _)| deed.counts_version())
        .map(|(_, entries)| entries.len())
        .sum()
}

#[cfg(test)]
mod tests;
