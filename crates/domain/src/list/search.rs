//! Parameters of a list in the order of names, with a search for a part of the name.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{Cursor, Limits, ListError, Position, given, page_params, parse_limit, position};

/// Maximum number of characters of a searched part.
const TEXT_MAX: usize = 200;

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct SearchParams {
    /// Part of the name, without regard to case and accents.
    pub q: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// Part of the name; `None` for all rows. It has no control characters.
    pub text: Option<String>,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(SearchParams {
    q,
    limit,
    after,
    before
});

impl SearchParams {
    /// Parses the parameters of a list by name. `order` is the name of the order, stored in its cursors.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits, order: &str) -> Result<SearchQuery, ListError> {
        Ok(SearchQuery {
            text: searched_text(&self.q),
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| {
                Cursor::decode_named(text, order)
            })?,
        })
    }
}

/// Returns the searched text of a parameter; `None` if it is blank.
#[must_use]
pub fn searched_text(value: &Option<String>) -> Option<String> {
    given(value).map(searched)
}

/// Returns the part of a name that a text searches for. No name has control characters, and PostgreSQL rejects a NUL.
pub(crate) fn searched(text: &str) -> String {
    let visible = text.trim().chars().filter(|c| !c.is_control());
    visible.take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::list::PageParams;

    #[test]
    fn search_is_read_without_control_characters() {
        let params = SearchParams {
            q: Some(" ed\0it ".to_owned()),
            ..SearchParams::default()
        };
        let query = params.parse(Limits::PANEL, "groups").unwrap();
        assert_eq!(query.text.as_deref(), Some("edit"));
        assert_eq!(query.position, Position::First);
    }

    #[test]
    fn cursor_belongs_to_its_list_and_type() {
        let cursor = Cursor::named("groups", "Editors", Uuid::nil(), 50);
        let params = SearchParams::default().at(Some(cursor.encode()), None);
        let query = params.parse(Limits::PANEL, "groups").unwrap();
        assert_eq!(query.position, Position::After(cursor));
        let time = Cursor::at("groups", time::OffsetDateTime::UNIX_EPOCH, Uuid::nil(), 1);
        for (text, order) in [
            (params.after.clone().unwrap_or_default(), "clients"),
            (time.encode(), "groups"),
        ] {
            let params = SearchParams::default().at(Some(text), None);
            let query = params.parse(Limits::PANEL, order);
            assert_eq!(query, Err(ListError::Cursor("after")));
        }
    }
}
