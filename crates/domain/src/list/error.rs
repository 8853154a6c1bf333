//! Errors of list parameters.

use thiserror::Error;

use super::shorten;
use crate::{
    filter::FilterError,
    problem::{Code, Details, Problem},
    users::list::SortKey,
};

/// Reason why list parameters are invalid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// An invalid search text.
    #[error("{}", .0.message())]
    Filter(FilterError),
    /// An unknown sort key.
    #[error("Cannot sort by {0:?}. Use one of: {known}. Prefix it with - to reverse the order.", known = known_keys())]
    Sort(String),
    /// A page size that is not a number in the range.
    #[error("The page size {typed:?} is not a number from 1 to {max}.")]
    Limit {
        /// Value as sent.
        typed: String,
        /// Largest page size allowed.
        max: u16,
    },
    /// A cursor that does not come from this list in this order. Holds the name of its parameter.
    #[error("This page does not exist in this list or order. Go back to the first page.")]
    Cursor(&'static str),
    /// A value of `deleted` that is not a boolean.
    #[error("`deleted` is {0:?}. Use true for deleted users, or leave it out.")]
    Deleted(String),
    /// A sort key together with deleted users, which have one order only.
    #[error(
        "Deleted users are always sorted by deletion date, latest first. Leave out `sort` or `deleted`."
    )]
    SortedDeleted,
    /// An unknown sort key of sessions, or any together with ended sessions.
    #[error(
        "Cannot sort sessions by {0:?}. Use created or seen, prefixed with - for latest first. Ended sessions have a fixed order."
    )]
    SessionSort(String),
    /// A text that is not an IP address.
    #[error("{0:?} is not an IP address.")]
    Address(String),
    /// A text that is not a condition on a time.
    #[error(
        "{typed:?} is not a time. Use after-7d for the last 7 days, before-7d for longer ago, or a date such as 2026-11-21."
    )]
    Age {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// An age with a sign, such as `>7d`, which is ambiguous.
    #[error(
        "{typed:?} in `{parameter}` is ambiguous. Use before-{age} for more than {age} ago, or after-{age} for since then."
    )]
    AmbiguousAge {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
        /// Age within the value, such as `7d`.
        age: String,
    },
    /// A value of `ended` that is not a boolean.
    #[error("`ended` is {0:?}. Use true for ended sessions, or leave it out.")]
    Ended(String),
    /// An unknown grouping of failed sign-ins.
    #[error("`by` is {0:?}. Use account or address, or leave it out.")]
    Grouping(String),
    /// A filter together with the request to revoke all sessions but the caller's.
    #[error("A filter can't be combined with revoking all other sessions. Leave out one of them.")]
    FilteredOthers,
    /// A blank condition on the objects to change, which would match all of them.
    #[error("`{0}` is empty. Enter a value, or leave it out.")]
    Blank(&'static str),
    /// An unknown state of access tokens.
    #[error("`state` is {0:?}. Use live, expiring, blocked, expired or revoked, or leave it out.")]
    TokenState(String),
    /// An unknown state of jobs.
    #[error("`state` is {0:?}. Use queued, running, done or failed, or leave it out.")]
    JobState(String),
    /// A text that cannot be the name of a user or another target in the audit log.
    #[error("{typed:?} is too long for a name, or has invalid characters.")]
    Name {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// A text that cannot be the name of an action.
    #[error("{0:?} is not an action. Use one such as user.created.")]
    Action(String),
    /// An unknown source of changes.
    #[error("{0:?} is not a source. Use ui, api, cli, job or self.")]
    Via(String),
    /// A text that is not the id of an audit log entry.
    #[error("{0:?} is not an audit log entry. Use the ID of one.")]
    Entry(String),
    /// An unknown parameter.
    #[error("Unknown parameter {:?}. Remove it, or correct its name.", shorten(.0))]
    Parameter(String),
    /// A parameter that occurs more than once.
    #[error("The parameter {:?} is repeated. Send it once.", shorten(.0))]
    Repeated(String),
    /// A text that is not an end of a range of times.
    #[error(
        "{typed:?} is not a date. Enter a date (2026-11-21), a month (2026-11) or a period (7d)."
    )]
    Time {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// A range of times that ends before it begins.
    #[error("The start is after the end. Put the earlier date first.")]
    Backward,
    /// Both cursors at once.
    #[error("Use either `after` or `before`, not both.")]
    TwoCursors,
}

impl ListError {
    /// Returns the part of the request that is invalid.
    #[must_use]
    pub fn details(&self) -> Details {
        let word = match self {
            Self::Filter(error) => Some((error.start, error.end)),
            _ => None,
        };
        Details {
            word,
            parameter: self.parameter().map(str::to_owned),
            ..Details::default()
        }
    }

    /// Returns the name of the invalid parameter; `None` if several contradict each other.
    fn parameter(&self) -> Option<&str> {
        let name: &str = match self {
            Self::Filter(_) => "q",
            Self::Sort(_) | Self::SessionSort(_) | Self::SortedDeleted => "sort",
            Self::Limit { .. } => "limit",
            Self::Deleted(_) => "deleted",
            Self::Address(_) => "address",
            Self::Ended(_) => "ended",
            Self::Grouping(_) => "by",
            Self::TokenState(_) | Self::JobState(_) => "state",
            Self::Action(_) => "action",
            Self::Via(_) => "via",
            Self::Entry(_) => "parent",
            Self::Cursor(parameter)
            | Self::Age { parameter, .. }
            | Self::AmbiguousAge { parameter, .. }
            | Self::Name { parameter, .. }
            | Self::Time { parameter, .. } => parameter,
            Self::Parameter(name) | Self::Repeated(name) => name,
            Self::FilteredOthers | Self::Backward | Self::TwoCursors => return None,
        };
        Some(name)
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
