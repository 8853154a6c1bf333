//! Why a list cannot be asked what it was asked.

use thiserror::Error;

use super::shorten;
use crate::{
    filter::FilterError,
    problem::{Code, Details, Problem},
    users::list::SortKey,
};

/// Why a question cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// The search text.
    #[error("{}", .0.message())]
    Filter(FilterError),
    /// The order.
    #[error("Cannot sort by {0:?}. Use one of: {known}; put a - in front to turn the order round.", known = known_keys())]
    Sort(String),
    /// The page size.
    #[error("The page size {typed:?} is not a number from 1 to {max}.")]
    Limit {
        /// As given.
        typed: String,
        /// The largest allowed.
        max: u16,
    },
    /// A cursor that was not made by this list in this order.
    #[error(
        "This place in the list does not exist, or belongs to another order. Start again from the first page."
    )]
    Cursor,
    /// The word that asks for the bin.
    #[error("`deleted` is {0:?}. Use true for the people in the bin, or leave it out.")]
    Deleted(String),
    /// The bin in another order.
    #[error(
        "Deleted people are always listed with the latest deletion first. Leave out `sort`, or `deleted`."
    )]
    SortedBin,
    /// The order of sessions.
    #[error(
        "Cannot sort sessions by {0:?}. Use created or seen, with a - in front for the latest first. Those that have ended have one order."
    )]
    SessionSort(String),
    /// An address.
    #[error("{0:?} is not an address such as 192.0.2.1 or 2001:db8::1.")]
    Address(String),
    /// A time.
    #[error(
        "{0:?} is not a time. Use after-7d for the last seven days, before-7d for longer ago, or a date such as 2026-11-21."
    )]
    Age(String),
    /// An age with a sign, such as `>7d`, which reads both ways.
    #[error(
        "{typed:?} in `{parameter}` reads both ways. Use before-{age} for longer than {age} ago, or after-{age} for since then."
    )]
    AmbiguousAge {
        /// The parameter.
        parameter: &'static str,
        /// As given.
        typed: String,
        /// The age in it, such as `7d`.
        age: String,
    },
    /// The word that asks for ended sessions.
    #[error("`ended` is {0:?}. Use true for sessions that have ended, or leave it out.")]
    Ended(String),
    /// What failed sign-ins are grouped by.
    #[error("`by` is {0:?}. Use account or address, or leave it out.")]
    Grouping(String),
    /// A filter beside the request to end all sessions but one's own.
    #[error(
        "A filter does not go together with signing out everyone else: it ends every session. Leave out one of them."
    )]
    FilteredOthers,
    /// The word for whether tokens work.
    #[error("`state` is {0:?}. Use live, expiring, blocked, expired or revoked, or leave it out.")]
    TokenState(String),
    /// The word for how jobs stand.
    #[error("`state` is {0:?}. Use queued, running, done or failed, or leave it out.")]
    JobState(String),
    /// The name of a person or a thing in the record.
    #[error("{0:?} is too long for a name, or has signs that no name has.")]
    Name(String),
    /// An action.
    #[error("{0:?} is no action such as user.created.")]
    Action(String),
    /// A door.
    #[error("{0:?} is no way that a change can come. Use ui, api, cli, job or self.")]
    Via(String),
    /// The id of an entry.
    #[error("{0:?} is no entry of the audit log. Give the number of one.")]
    Entry(String),
    /// A parameter that there is not.
    #[error("There is no parameter {:?} here. Leave it out, or correct its name.", shorten(.0))]
    Parameter(String),
    /// A parameter that stands more than once.
    #[error("The parameter {:?} stands here more than once. Give it once.", shorten(.0))]
    Repeated(String),
    /// One end of a time.
    #[error(
        "{0:?} is no day such as 2026-11-21, no month such as 2026-11, and no time such as 7d for seven days ago."
    )]
    Moment(String),
    /// Both ends of a time.
    #[error("The time begins later than it ends. Put the earlier one first.")]
    Backward,
    /// Two cursors.
    #[error("Give either `after` or `before`, not both.")]
    TwoCursors,
}

impl ListError {
    /// Which part of the question is at fault.
    #[must_use]
    pub fn details(&self) -> Details {
        let mut details = Details::default();
        match self {
            Self::Filter(error) => details.word = Some((error.start, error.end)),
            Self::Parameter(name) | Self::Repeated(name) => details.parameter = Some(name.clone()),
            _ => {}
        }
        details
    }
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        let mut problem = Self::new(Code::ValidationError, error.to_string());
        *problem.details = error.details();
        problem
    }
}

fn known_keys() -> String {
    SortKey::ALL
        .iter()
        .map(|key| key.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
