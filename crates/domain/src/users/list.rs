//! Parameters of the user list: search, order, page size and position. They live in the URL.

mod sort;

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    filter::Filter,
    list::{
        Cursor, Limits, ListError, Position, given, page_params, parse_limit, position, shorten,
    },
};

pub use sort::{Sort, SortKey};

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ListParams {
    /// Search in the grammar of the panel, such as `role:admin inactive:90d`. Dates are days in the caller's time zone.
    pub q: Option<String>,
    /// Sort order: a column such as `username`, or `-username` for descending. `spend` needs `usage:read`.
    pub sort: Option<String>,
    /// Maximum number of users in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
    /// `true` for deleted users.
    #[param(value_type = Option<bool>)]
    pub deleted: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// Search over the users.
    pub filter: Filter,
    /// Sort order.
    pub sort: Sort,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(ListParams {
    q,
    sort,
    limit,
    after,
    before,
    deleted
});

impl ListParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
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

    /// Returns the position that the cursors stand for.
    pub(super) fn position(
        &self,
        decode: impl Fn(&str) -> Option<Cursor>,
    ) -> Result<Position, ListError> {
        position(&self.after, &self.before, decode)
    }
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
    fn default_is_the_newest_fifty() {
        let query = params("", " ").parse(Limits::PANEL).unwrap();
        assert_eq!(
            (query.sort.to_string().as_str(), query.limit),
            ("-created", 50)
        );
    }

    #[test]
    fn every_sort_key_round_trips() {
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
    fn invalid_parameters_are_named() {
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
    fn second_click_reverses_the_sort() {
        let by_name = Sort::default().clicked(SortKey::Name);
        assert_eq!(by_name.to_string(), "name");
        assert_eq!(by_name.clicked(SortKey::Name).to_string(), "-name");
        assert_eq!(by_name.clicked(SortKey::Personas).to_string(), "-personas");
    }
}
