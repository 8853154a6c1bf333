//! Parameters of a list without filters and with one order: page size and position.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{Cursor, Limits, ListError, Position, given, page_params, parse_limit, position};

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct UnfilteredParams {
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
pub struct UnfilteredQuery {
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(UnfilteredParams {
    limit,
    after,
    before
});

impl UnfilteredParams {
    /// Parses the parameters of a list by time of creation. `order` is the name of the order, stored in its cursors.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits, order: &str) -> Result<UnfilteredQuery, ListError> {
        Ok(UnfilteredQuery {
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| {
                Cursor::decode_at(text, order)
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::PageParams;
    use time::OffsetDateTime;
    use uuid::Uuid;

    #[test]
    fn default_is_the_first_page() {
        let query = UnfilteredParams::default().parse(Limits::PANEL, "rows");
        let first = UnfilteredQuery {
            limit: 50,
            position: Position::First,
        };
        assert_eq!(query, Ok(first));
    }

    #[test]
    fn cursor_belongs_to_its_list() {
        let cursor = Cursor::at("rows", OffsetDateTime::UNIX_EPOCH, Uuid::nil(), 50);
        let params = UnfilteredParams::default().at(Some(cursor.encode()), None);
        let query = params.parse(Limits::PANEL, "rows").unwrap();
        assert_eq!(query.position, Position::After(cursor));
        assert_eq!(
            params.parse(Limits::PANEL, "others"),
            Err(ListError::Cursor("after"))
        );
    }
}
