//! What was asked for, what was answered, and what has to be in the database because of it.

mod account;

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) use account::{Entry, Row};

/// A change of an account.
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

    /// In words.
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

    /// What the record calls it.
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

    /// The field of an entry that holds what nobody else asks for.
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

    /// Whether it makes another version of the account.
    fn counts_version(self) -> bool {
        match self {
            Self::Rename | Self::Suspend | Self::Unsuspend | Self::Delete | Self::Restore => true,
            Self::Create | Self::EndSessions | Self::RevokeSession => false,
        }
    }
}

/// What is known of a change from its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was acknowledged: it is there for good.
    Done,
    /// It was refused, or never arrived: it is not there.
    Refused,
    /// There was no clear answer: it is there as a whole, or not at all.
    Unclear,
}

/// A change that was asked for.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) deed: Deed,
    /// What nobody else asks for; empty where such a change has no text.
    pub(super) mark: String,
    pub(super) fate: Fate,
}

/// All that was asked for an account, by one worker, one after the other.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) username: String,
    pub(super) attempts: Vec<Attempt>,
}

/// How many of the unclear changes of an account have happened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unclear {
    pub(super) there: usize,
    pub(super) not_there: usize,
}

impl History {
    /// Holds the account and its entries, the oldest first, against what was asked for. Returns what is wrong.
    pub(super) fn judge(&self, row: Option<&Row>, entries: &[Entry]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut by_deed: BTreeMap<Deed, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            match Deed::ALL
                .into_iter()
                .find(|deed| deed.action() == entry.action)
            {
                Some(deed) => by_deed.entry(deed).or_default().push(entry),
                None => faults.push(format!("the record has {}, for no reason", entry.action)),
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

    /// Each change with its own text has the entry that it must have.
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
                (Fate::Done, 0) => "was acknowledged and is not in the record",
                (Fate::Refused, 1) => "was refused and is in the record",
                (Fate::Done | Fate::Refused | Fate::Unclear, _) => {
                    "is in the record more than once"
                }
            };
            faults.push(format!("{} {:?} {fault}", deed.action(), attempt.mark));
        }
        let unasked = |mark: &&str| format!("{} {mark:?} was not asked for", deed.action());
        faults.extend(left.iter().map(unasked));
        faults
    }

    /// Changes without a text of their own have as many entries as they can have.
    fn judge_counted(&self, deed: Deed, found: usize) -> Option<String> {
        let count = |fate| self.of(deed).filter(|attempt| attempt.fate == fate).count();
        let (done, unclear) = (count(Fate::Done), count(Fate::Unclear));
        let is_right = (done..=done + unclear).contains(&found);
        (!is_right).then(|| {
            format!(
                "{} was acknowledged {done} times and unclear {unclear} times, and is in the record {found} times",
                deed.action()
            )
        })
    }

    fn of(&self, deed: Deed) -> impl Iterator<Item = &Attempt> {
        self.attempts
            .iter()
            .filter(move |attempt| attempt.deed == deed)
    }

    /// How the unclear changes ended, by the number of entries.
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

/// How many of the entries made another version of the account.
fn versions(by_deed: &BTreeMap<Deed, Vec<&Entry>>) -> usize {
    by_deed
        .iter()
        .filter(|(deed, _)| deed.counts_version())
        .map(|(_, entries)| entries.len())
        .sum()
}

#[cfg(test)]
mod tests;
