//! Uses that meters have requested, their responses, and the events that must follow.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ledger::Outcome;

/// Use with an event id of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The id of the user.
    pub(super) user: String,
    /// The id of the event.
    pub(super) event: String,
    pub(super) requests: u64,
    pub(super) outcome: Outcome,
}

/// Events with one id in the database.
#[derive(Debug, Deserialize)]
pub(super) struct StoredUse {
    pub(super) event: String,
    user: String,
    /// Number of events with this id.
    count: u64,
    /// Their requests together.
    requests: u64,
}

/// Compares the requested uses with the stored ones by their ids. Returns the differences.
pub(super) fn judge<'a>(
    uses: impl IntoIterator<Item = &'a Use>,
    mut stored: BTreeMap<String, StoredUse>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for requested in uses {
        let event = &requested.event;
        match (requested.outcome, stored.remove(event)) {
            (Outcome::Done, None) => {
                problems.push(format!("{event}: an acknowledged use was lost"));
            }
            (Outcome::Rejected, Some(_)) => {
                problems.push(format!("{event}: a use that was not permitted was counted"));
            }
            (Outcome::Done | Outcome::Unclear, Some(found)) if !found.is_of(requested) => {
                problems.push(format!(
                    "{event}: {} requests were counted as {found:?}",
                    requested.requests
                ));
            }
            (Outcome::Done | Outcome::Unclear, Some(_))
            | (Outcome::Rejected | Outcome::Unclear, None) => {}
        }
    }
    let unknown = stored.into_keys();
    problems.extend(unknown.map(|event| format!("{event} was counted, but not requested")));
    problems
}

impl StoredUse {
    /// Reports whether this is the use, counted once.
    fn is_of(&self, requested: &Use) -> bool {
        self.count == 1 && self.requests == requested.requests && self.user == requested.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(outcome: Outcome) -> Use {
        Use {
            user: "u".to_owned(),
            event: "e".to_owned(),
            requests: 2,
            outcome,
        }
    }

    fn stored(count: u64, requests: u64) -> BTreeMap<String, StoredUse> {
        let event = "e".to_owned();
        let found = StoredUse {
            event: event.clone(),
            user: "u".to_owned(),
            count,
            requests,
        };
        BTreeMap::from([(event, found)])
    }

    #[test]
    fn acknowledged_uses_count_once() {
        for (outcome, stored, is_right) in [
            (Outcome::Done, stored(1, 2), true),
            (Outcome::Done, BTreeMap::new(), false),
            (Outcome::Done, stored(2, 4), false),
            (Outcome::Done, stored(1, 3), false),
            (Outcome::Rejected, BTreeMap::new(), true),
            (Outcome::Rejected, stored(1, 2), false),
            (Outcome::Unclear, BTreeMap::new(), true),
            (Outcome::Unclear, stored(1, 2), true),
            (Outcome::Unclear, stored(2, 4), false),
        ] {
            let problems = judge([&requested(outcome)], stored);
            assert_eq!(problems.is_empty(), is_right, "{outcome:?}: {problems:?}");
        }
    }

    #[test]
    fn event_of_another_user_and_unknown_event_are_found() {
        let other = Use {
            user: "v".to_owned(),
            ..requested(Outcome::Done)
        };
        assert_eq!(judge([&other], stored(1, 2)).len(), 1);
        assert_eq!(judge([], stored(1, 2)).len(), 1);
    }
}
