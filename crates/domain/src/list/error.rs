//! Errors of list parameters.

use super::{ParameterError, shorten};
use crate::{
    error::Entity,
    filter::FilterError,
    message::{Message, message_error},
    messages,
    permission::Permission,
    users::list::SortKey,
};

/// Sort keys of conversations, for a message.
const CONVERSATION_SORT_KEYS: &str = "modified, created, tokens, cost";

/// Reason why list parameters are invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListError {
    /// An invalid search text.
    Filter(FilterError),
    /// An unknown sort key.
    Sort(String),
    /// A page size that is not a number in the range.
    Limit {
        /// Value as sent.
        typed: String,
        /// Largest page size allowed.
        max: u16,
    },
    /// A cursor that does not come from this list in this order. Holds the name of its parameter.
    Cursor(&'static str),
    /// A value of `deleted` that is not a boolean.
    Deleted(String),
    /// A sort key together with deleted users, which have one order only.
    SortedDeleted,
    /// An unknown sort key of registrations.
    RegistrationSort(String),
    /// An unknown sort key of conversations.
    ConversationSort(String),
    /// A search for words of messages, which the operator has not enabled.
    SearchOff,
    /// A search for words of more messages than this number.
    SearchBroad(u64),
    /// An unknown condition on feedback.
    Feedback(String),
    /// A text that is not an amount of money.
    Cost {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// A text that is not a day. Holds the name of its parameter.
    UsageDay(&'static str),
    /// Days whose first one is after the last one, or more than this number of days.
    UsageLength(i64),
    /// An unknown range of days.
    UsageSpan(String),
    /// An unknown state of registrations.
    RegistrationState(String),
    /// An unknown sort key of sessions, or any together with ended sessions.
    SessionSort(String),
    /// A text that is not an IP address.
    Address(String),
    /// A text that is not a condition on a time.
    Age {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// An age with a sign, such as `>7d`, which is ambiguous.
    AmbiguousAge {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
        /// Age within the value, such as `7d`.
        age: String,
    },
    /// A value of `ended` that is not a boolean.
    Ended(String),
    /// An unknown grouping of failed sign-ins.
    Grouping(String),
    /// A filter together with the request to revoke all sessions but the caller's.
    FilteredOthers,
    /// A blank condition on the objects to change, which would match all of them.
    Blank(&'static str),
    /// An unknown state of access tokens.
    TokenState(String),
    /// An unknown kind of access tokens.
    TokenKind(String),
    /// An unknown state of jobs.
    JobState(String),
    /// A text that cannot be the name of a user or another target in the audit log.
    Name {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// A text that cannot be the name of an action.
    Action(String),
    /// An unknown source of changes.
    Via(String),
    /// A text that is not the id of a group.
    Group(String),
    /// A text that is not the id of an audit log entry.
    Entry(String),
    /// A condition about what the caller cannot read.
    Unreadable {
        /// Name of the parameter.
        parameter: &'static str,
        /// Condition as it is printed.
        condition: String,
        /// Permission that the caller lacks.
        permission: Permission,
    },
    /// A condition of a search on an object that does not exist.
    Missing {
        /// Kind of the object.
        entity: Entity,
        /// Condition as it is printed.
        condition: String,
    },
    /// An unknown value of a parameter.
    Value {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// An unknown or repeated parameter.
    Parameter(ParameterError),
    /// A text that is not an end of a range of times.
    Time {
        /// Name of the parameter.
        parameter: &'static str,
        /// Value as sent.
        typed: String,
    },
    /// A range of times that ends before it begins.
    Backward,
    /// Both cursors at once.
    TwoCursors,
}

impl ListError {
    /// Creates the error of a value that is unknown.
    #[must_use]
    pub fn unknown(parameter: &'static str, typed: &str) -> Self {
        Self::Value {
            parameter,
            typed: shorten(typed),
        }
    }

    /// Creates the error of a text that is not an amount of money.
    #[must_use]
    pub fn cost(parameter: &'static str, typed: &str) -> Self {
        Self::Cost {
            parameter,
            typed: shorten(typed),
        }
    }

    /// Returns the message for the client.
    #[must_use]
    pub fn message(&self) -> Message {
        let quoted = |text: &str| format!("{text:?}");
        match self {
            Self::Filter(error) => error.message(),
            Self::Sort(typed) => messages::list_sort(quoted(typed), known_keys(SortKey::ALL)),
            Self::RegistrationSort(typed) => {
                messages::list_sort(quoted(typed), known_keys(SortKey::OF_REGISTRATIONS))
            }
            Self::ConversationSort(typed) => {
                messages::list_sort(quoted(typed), CONVERSATION_SORT_KEYS)
            }
            Self::SearchOff => messages::list_search_off(),
            Self::SearchBroad(max) => messages::list_search_broad(*max),
            Self::Feedback(typed) => messages::list_feedback(quoted(typed)),
            Self::Cost { parameter, typed } => messages::list_cost(quoted(typed), *parameter),
            Self::UsageDay(_) => messages::usage_day(),
            Self::UsageLength(max) => messages::usage_days(*max),
            Self::UsageSpan(typed) => messages::list_usage_span(quoted(typed)),
            Self::RegistrationState(typed) => messages::list_registration_state(quoted(typed)),
            Self::Limit { typed, max } => messages::list_limit(quoted(typed), *max),
            Self::Cursor(_) => messages::list_cursor(),
            Self::Deleted(typed) => messages::list_deleted(quoted(typed)),
            Self::SortedDeleted => messages::list_sorted_deleted(),
            Self::SessionSort(typed) => messages::list_session_sort(quoted(typed)),
            Self::Address(typed) => messages::list_address(quoted(typed)),
            Self::Age { typed, .. } => messages::list_age(quoted(typed)),
            Self::AmbiguousAge {
                parameter,
                typed,
                age,
            } => messages::list_ambiguous_age(quoted(typed), *parameter, age.as_str()),
            Self::Ended(typed) => messages::list_ended(quoted(typed)),
            Self::Grouping(typed) => messages::list_grouping(quoted(typed)),
            Self::FilteredOthers => messages::list_filtered_others(),
            Self::Blank(parameter) => messages::list_blank(*parameter),
            Self::TokenState(typed) => messages::list_token_state(quoted(typed)),
            Self::TokenKind(typed) => messages::list_token_kind(quoted(typed)),
            Self::JobState(typed) => messages::list_job_state(quoted(typed)),
            Self::Name { typed, .. } => messages::list_name(quoted(typed)),
            Self::Action(typed) => messages::list_action(quoted(typed)),
            Self::Via(typed) => messages::list_via(quoted(typed)),
            Self::Group(typed) => messages::list_group(quoted(typed)),
            Self::Entry(typed) => messages::list_entry(quoted(typed)),
            Self::Unreadable {
                condition,
                permission,
                ..
            } => messages::list_unreadable(condition.as_str(), permission.as_str()),
            Self::Missing { entity, condition } => {
                messages::list_missing(entity.message(), condition.as_str())
            }
            Self::Value { parameter, typed } => messages::list_value(*parameter, quoted(typed)),
            Self::Parameter(error) => error.message(),
            Self::Time { typed, .. } => messages::list_time(quoted(typed)),
            Self::Backward => messages::list_backward(),
            Self::TwoCursors => messages::list_two_cursors(),
        }
    }

    /// Returns the name of the invalid parameter; `None` if several contradict each other.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        let name: &str = match self {
            Self::Filter(_) | Self::Missing { .. } | Self::SearchOff | Self::SearchBroad(_) => "q",
            Self::Sort(_)
            | Self::RegistrationSort(_)
            | Self::ConversationSort(_)
            | Self::SessionSort(_)
            | Self::SortedDeleted => "sort",
            Self::Limit { .. } => "limit",
            Self::Deleted(_) => "deleted",
            Self::Address(_) => "address",
            Self::Ended(_) => "ended",
            Self::Grouping(_) => "by",
            Self::Feedback(_) => "feedback",
            Self::UsageLength(_) => "from",
            Self::UsageSpan(_) => "range",
            Self::TokenState(_) | Self::JobState(_) | Self::RegistrationState(_) => "state",
            Self::TokenKind(_) => "kind",
            Self::Action(_) => "action",
            Self::Via(_) => "via",
            Self::Group(_) => "group",
            Self::Entry(_) => "parent",
            Self::Cursor(parameter)
            | Self::Blank(parameter)
            | Self::UsageDay(parameter)
            | Self::Age { parameter, .. }
            | Self::AmbiguousAge { parameter, .. }
            | Self::Cost { parameter, .. }
            | Self::Name { parameter, .. }
            | Self::Unreadable { parameter, .. }
            | Self::Time { parameter, .. }
            | Self::Value { parameter, .. } => parameter,
            Self::Parameter(error) => error.name(),
            Self::FilteredOthers | Self::Backward | Self::TwoCursors => return None,
        };
        Some(name)
    }
}

message_error!(ListError);

fn known_keys(keys: &[SortKey]) -> String {
    keys.iter()
        .map(|key| key.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
