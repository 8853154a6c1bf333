//! Parameters of the token list: filter, page size and position. They live in the URL. The newest tokens come first.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::IntoParams;

use super::{AccessToken, TokenKind, TokenState};
use crate::{
    list::{
        Cursor, Limits, ListError, Position, given, page_params, parse_limit, position, shorten,
    },
    users::detail::UserRef,
};

/// Name of the only sort order, stored in its cursors.
const ORDER: &str = "tokens -created";

/// Remaining lifetime below which a token counts as expiring, the same as in the database.
pub const EXPIRING: Duration = Duration::days(7);

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct TokenParams {
    /// Owner: a username, a number or an id. Digits alone are tried as a username first; `username:112` and `number:112` are explicit.
    pub user: Option<String>,
    /// State of the tokens.
    #[param(value_type = Option<TokenState>)]
    pub state: Option<String>,
    /// Kind of the tokens.
    #[param(value_type = Option<TokenKind>)]
    pub kind: Option<String>,
    /// Maximum number of tokens in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokensQuery {
    /// Owner of the tokens; `None` for any.
    pub user: Option<UserRef>,
    /// State of the tokens; `None` for any.
    pub state: Option<TokenState>,
    /// Kind of the tokens; `None` for any.
    pub kind: Option<TokenKind>,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(TokenParams {
    user,
    state,
    kind,
    limit,
    after,
    before
});

impl TokenParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<TokensQuery, ListError> {
        let state = |text: &str| {
            text.parse()
                .map_err(|_| ListError::TokenState(shorten(text)))
        };
        let kind = |text: &str| {
            text.parse()
                .map_err(|_| ListError::TokenKind(shorten(text)))
        };
        Ok(TokensQuery {
            user: given(&self.user).map(|text| UserRef::parse(text.trim())),
            state: given(&self.state).map(state).transpose()?,
            kind: given(&self.kind).map(kind).transpose()?,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| {
                Cursor::decode_at(text, ORDER)
            })?,
        })
    }
}

impl TokensQuery {
    /// Returns the parameters of the first page without a filter.
    #[must_use]
    pub const fn newest(limit: u16) -> Self {
        Self {
            user: None,
            state: None,
            kind: None,
            limit,
            position: Position::First,
        }
    }

    /// Returns the cursor at a row.
    #[must_use]
    pub fn cursor(token: &AccessToken, number: u64) -> Cursor {
        Cursor::at(ORDER, token.created_at, token.id, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::PageParams;

    fn params(name: &str, value: &str) -> TokenParams {
        TokenParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn default_is_the_newest_fifty() {
        let query = TokenParams::default().parse(Limits::PANEL).unwrap();
        assert_eq!(query, TokensQuery::newest(50));
        assert_eq!(params("state", "").parse(Limits::PANEL), Ok(query));
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (name, value, says) in [
            ("state", "dead", "`state` is \"dead\""),
            ("kind", "sk", "`kind` is \"sk\""),
            ("limit", "0", "is not a number from 1 to 100"),
            ("after", "x", "does not exist"),
        ] {
            let error = params(name, value).parse(Limits::PANEL).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn parameters_round_trip() {
        let asked = TokenParams {
            user: Some("ada".into()),
            state: Some("expiring".into()),
            kind: Some("key".into()),
            ..TokenParams::default()
        };
        let pairs = asked.pairs();
        assert_eq!(
            pairs,
            [("user", "ada"), ("state", "expiring"), ("kind", "key")]
        );
        let read = TokenParams::from_pairs(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(read, asked);
    }
}
