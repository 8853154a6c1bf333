//! Parameters of the lists of conversations and of messages: filter, order, page size and position. They live in the URL.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::MESSAGES_ORDER;
use crate::{
    filter::{Dated, When},
    list::{
        Cursor, Limits, ListError, PageParams, Position, UnfilteredParams, UnfilteredQuery, given,
        page_params, parse_limit, period, position, searched, shorten,
    },
    money::Money,
    users::{Unknown, string_enum},
};

string_enum! {
    /// Column by which conversations are sorted.
    ConversationSortKey {
        /// Time of the latest message.
        Modified = "modified",
        /// Time of the start.
        Created = "created",
        /// Number of tokens.
        Tokens = "tokens",
        /// Cost.
        Cost = "cost",
    }
}

/// Sort keys in the order in which a list offers them.
pub const SORT_KEYS: &[ConversationSortKey] = ConversationSortKey::ALL;

string_enum! {
    /// Condition on the feedback of a conversation.
    FeedbackFilter {
        /// A message has feedback.
        Any = "true",
        /// No message has feedback.
        None = "false",
        /// The user likes a message.
        Likes = "likes",
        /// The user dislikes a message.
        Dislikes = "dislikes",
    }
}

/// A sort order of conversations, written `cost` or, descending, `-cost`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSort {
    /// Column to sort by.
    pub key: ConversationSortKey,
    /// Whether the order is descending.
    pub descending: bool,
}

impl Default for ConversationSort {
    /// Returns the default order: the latest message first.
    fn default() -> Self {
        Self {
            key: ConversationSortKey::Modified,
            descending: true,
        }
    }
}

impl ConversationSort {
    /// Returns the name of the order, stored in its cursors.
    #[must_use]
    pub fn order(self) -> String {
        format!("conversations {self}")
    }

    /// Returns the order after a click on a column's header: descending by that column, or reversed if it is sorted that way already.
    #[must_use]
    pub fn clicked(self, key: ConversationSortKey) -> Self {
        let descending = self.key != key || !self.descending;
        Self { key, descending }
    }
}

impl fmt::Display for ConversationSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.key.as_str())
    }
}

impl FromStr for ConversationSort {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (key, descending) = match text.strip_prefix('-') {
            Some(key) => (key, true),
            None => (text, false),
        };
        Ok(Self {
            key: key.parse()?,
            descending,
        })
    }
}

/// Conditions on conversations; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Words of one message.
    pub words: Option<String>,
    /// Part of the branch.
    pub branch: Option<String>,
    /// User: a username, a number or an id.
    pub user: Option<String>,
    /// Condition on the feedback.
    pub feedback: Option<FeedbackFilter>,
    /// Range of the times of the latest message.
    pub when: Option<When>,
    /// Lowest cost.
    pub min_cost: Option<Money>,
    /// Highest cost.
    pub max_cost: Option<Money>,
    /// The id in the host application.
    pub external_id: Option<String>,
}

impl Dated for ConversationFilter {
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When)) {
        self.when.iter_mut().for_each(visit);
    }
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ConversationParams {
    /// Words that one message has, without regard to case and accents. Only if the operator has enabled it.
    pub q: Option<String>,
    /// Part of the branch, without regard to case and accents.
    pub branch: Option<String>,
    /// User: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    pub user: Option<String>,
    /// Feedback: `true` or `false`, `likes` or `dislikes`.
    pub feedback: Option<String>,
    /// Start of the period of the latest message: a year, month or day, or an age such as `7d`.
    pub from: Option<String>,
    /// End of the period. The whole year, month or day is included.
    pub to: Option<String>,
    /// Lowest cost in dollars.
    pub min_cost: Option<String>,
    /// Highest cost in dollars.
    pub max_cost: Option<String>,
    /// The id in the host application.
    pub external_id: Option<String>,
    /// Sort order: `modified`, `created`, `tokens` or `cost`, or with `-` before it for descending.
    pub sort: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Conditions on the conversations.
    pub filter: ConversationFilter,
    /// Sort order.
    pub sort: ConversationSort,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(ConversationParams {
    q,
    branch,
    user,
    feedback,
    from,
    to,
    min_cost,
    max_cost,
    external_id,
    sort,
    limit,
    after,
    before
});

impl ConversationParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<ConversationQuery, ListError> {
        let sort = self.sort()?;
        Ok(ConversationQuery {
            filter: self.filter()?,
            sort,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| decode(text, sort))?,
        })
    }

    /// Returns the order of the list.
    ///
    /// # Errors
    /// The order, if conversations cannot be sorted by it.
    pub fn sort(&self) -> Result<ConversationSort, ListError> {
        let sort = given(&self.sort).map(|text| {
            let sort = text.trim().parse();
            sort.map_err(|_| ListError::ConversationSort(shorten(text)))
        });
        Ok(sort.transpose()?.unwrap_or_default())
    }

    /// Parses the conditions only.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn filter(&self) -> Result<ConversationFilter, ListError> {
        let text = |value: &Option<String>| given(value).map(searched);
        let feedback = |text: &str| {
            let feedback = text.trim().parse();
            feedback.map_err(|_| ListError::Feedback(shorten(text)))
        };
        Ok(ConversationFilter {
            // A tab separates words, and is no part of one.
            words: given(&self.q).map(|text| searched(&text.replace(char::is_control, " "))),
            branch: text(&self.branch),
            user: text(&self.user),
            feedback: given(&self.feedback).map(feedback).transpose()?,
            when: period(&self.from, &self.to)?,
            min_cost: cost("min_cost", &self.min_cost)?,
            max_cost: cost("max_cost", &self.max_cost)?,
            external_id: text(&self.external_id),
        })
    }

    /// Returns only the conditions, without order, page size and position.
    #[must_use]
    pub fn only_filter(&self) -> Self {
        Self {
            sort: None,
            limit: None,
            ..self.at_start()
        }
    }
}

fn cost(parameter: &'static str, value: &Option<String>) -> Result<Option<Money>, ListError> {
    let cost = |text: &str| {
        let cost = text.trim().parse();
        cost.map_err(|_| ListError::cost(parameter, text))
    };
    given(value).map(cost).transpose()
}

/// Parses a cursor in an order.
fn decode(text: &str, sort: ConversationSort) -> Option<Cursor> {
    let cursor = Cursor::read(text, &sort.order())?;
    let fits = match sort.key {
        ConversationSortKey::Modified | ConversationSortKey::Created => cursor.time().is_some(),
        ConversationSortKey::Tokens | ConversationSortKey::Cost => cursor.amount().is_some(),
    };
    fits.then_some(cursor)
}

/// Parses the parameters of a list of messages.
///
/// # Errors
/// The first parameter that cannot be parsed.
pub fn message_page(
    params: &UnfilteredParams,
    limits: Limits,
) -> Result<UnfilteredQuery, ListError> {
    Ok(UnfilteredQuery {
        limit: parse_limit(given(&params.limit), limits)?,
        position: position(&params.after, &params.before, |text| {
            Cursor::decode_in_groups(text, MESSAGES_ORDER)
        })?,
    })
}
