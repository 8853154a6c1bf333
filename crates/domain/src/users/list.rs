//! What is asked of the list of users: which, in what order, how many, from where. It lives in the URL.

mod sort;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::IntoParams;

use crate::{
    filter::{Filter, FilterError},
    users::page::Cursor,
};

pub use sort::{Sort, SortKey};

/// Sizes that the panel offers.
pub const PANEL_LIMITS: [u16; 3] = [25, 50, 100];

/// Which page sizes a front door accepts, and which it takes when none is named.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// When none is named.
    pub default: u16,
    /// The largest.
    pub max: u16,
}

impl Limits {
    /// The panel's.
    pub const PANEL: Self = Self {
        default: 50,
        max: 100,
    };
    /// The API's.
    pub const API: Self = Self {
        default: 100,
        max: 1_000,
    };
}

/// The question as it stands in a URL. Empty texts are as good as none: a form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ListParams {
    /// Search text.
    pub q: Option<String>,
    /// Order.
    pub sort: Option<String>,
    /// Page size.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: the page after it.
    pub after: Option<String>,
    /// Cursor: the page before it.
    pub before: Option<String>,
    /// `true` for the bin.
    #[param(value_type = Option<bool>)]
    pub deleted: Option<String>,
}

/// From where a page is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Position {
    /// From the beginning.
    #[default]
    First,
    /// After the row of the cursor.
    After(Cursor),
    /// Before the row of the cursor.
    Before(Cursor),
}

/// The question, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// Who.
    pub filter: Filter,
    /// Order.
    pub sort: Sort,
    /// Most rows in the page.
    pub limit: u16,
    /// From where.
    pub position: Position,
}

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
        "{0:?} is no time. Use >7d for the last seven days, <7d for before, or a date such as 2026-11-21."
    )]
    Age(String),
    /// The word that asks for ended sessions.
    #[error("`ended` is {0:?}. Use true for sessions that have ended, or leave it out.")]
    Ended(String),
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

fn known_keys() -> String {
    SortKey::ALL
        .iter()
        .map(|key| key.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

impl ListParams {
    /// Understands the question.
    ///
    /// # Errors
    /// What cannot be understood, the first of them.
    pub fn parse(&self, limits: Limits) -> Result<ListQuery, ListError> {
        let filter = self.filter()?;
        let sort = match given(&self.sort) {
            Some(text) => text.parse().map_err(|_| ListError::Sort(shorten(text)))?,
            None => Sort::default(),
        };
        Ok(ListQuery {
            filter,
            sort,
            limit: parse_limit(given(&self.limit), limits)?,
            position: self.position(|text| Cursor::decode(text, sort))?,
        })
    }

    pub(super) fn filter(&self) -> Result<Filter, ListError> {
        Filter::parse(given(&self.q).unwrap_or_default()).map_err(ListError::Filter)
    }

    /// From where, by the cursors that are given.
    pub(super) fn position(
        &self,
        decode: impl Fn(&str) -> Option<Cursor>,
    ) -> Result<Position, ListError> {
        position(&self.after, &self.before, decode)
    }

    /// The same question from its first page.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            after: None,
            before: None,
            ..self.clone()
        }
    }

    /// The parameters that are set, for a URL.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        [
            ("q", &self.q),
            ("sort", &self.sort),
            ("limit", &self.limit),
            ("after", &self.after),
            ("before", &self.before),
            ("deleted", &self.deleted),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, given(value)?)))
        .collect()
    }
}

/// From where, by the cursors that are given.
pub(crate) fn position(
    after: &Option<String>,
    before: &Option<String>,
    decode: impl Fn(&str) -> Option<Cursor>,
) -> Result<Position, ListError> {
    let cursor = |text: &str| decode(text).ok_or(ListError::Cursor);
    match (given(after), given(before)) {
        (None, None) => Ok(Position::First),
        (Some(text), None) => Ok(Position::After(cursor(text)?)),
        (None, Some(text)) => Ok(Position::Before(cursor(text)?)),
        (Some(_), Some(_)) => Err(ListError::TwoCursors),
    }
}

pub(crate) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.trim().is_empty())
}

pub(crate) fn parse_limit(text: Option<&str>, limits: Limits) -> Result<u16, ListError> {
    let Some(text) = text else {
        return Ok(limits.default);
    };
    match text.trim().parse() {
        Ok(limit) if (1..=limits.max).contains(&limit) => Ok(limit),
        _ => Err(ListError::Limit {
            typed: shorten(text),
            max: limits.max,
        }),
    }
}

/// Enough of a text to recognise it in an error.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(sort: &str, limit: &str) -> ListParams {
        ListParams {
            sort: Some(sort.into()),
            limit: Some(limit.into()),
            ..ListParams::default()
        }
    }

    #[test]
    fn empty_is_the_newest_fifty() {
        let query = params("", " ").parse(Limits::PANEL).unwrap();
        assert_eq!(
            (query.sort.to_string().as_str(), query.limit),
            ("-created", 50)
        );
    }

    #[test]
    fn every_sort_key_reads_as_it_is_written() {
        for key in SortKey::ALL {
            for descending in [false, true] {
                let sort = Sort {
                    key: *key,
                    descending,
                };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
    }

    #[test]
    fn bad_parameters_are_named() {
        for (sort, limit, message) in [
            ("password", "", "Cannot sort by \"password\""),
            ("--created", "", "Cannot sort by"),
            ("", "0", "\"0\" is not a number from 1 to 100"),
            ("", "-1", "\"-1\" is not"),
            ("", "1000000000", "\"1000000000\" is not"),
            ("", "ten", "\"ten\" is not"),
        ] {
            let error = params(sort, limit)
                .parse(Limits::PANEL)
                .unwrap_err()
                .to_string();
            assert!(error.contains(message), "{error}");
        }
        let both = ListParams {
            after: Some("a".into()),
            before: Some("b".into()),
            ..ListParams::default()
        };
        assert_eq!(both.parse(Limits::API), Err(ListError::TwoCursors));
    }

    #[test]
    fn a_click_sorts_and_a_second_turns_round() {
        let by_name = Sort::default().clicked(SortKey::Name);
        assert_eq!(by_name.to_string(), "name");
        assert_eq!(by_name.clicked(SortKey::Name).to_string(), "-name");
        assert_eq!(by_name.clicked(SortKey::Personas).to_string(), "-personas");
    }
}
