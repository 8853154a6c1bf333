//! Parameters of the list of registrations: search, state, order, page size and position. They live in the URL.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::Registration;
use crate::{
    filter::{FilterError, Text},
    list::{
        Cursor, CursorValue, Limits, ListError, Position, given, micros, page_params, parse_limit,
        position, shorten,
    },
    users::{
        Unknown,
        list::{Sort, SortKey},
        string_enum,
    },
};

/// Order of a list whose URL has none: the oldest registration comes first.
pub const DEFAULT_SORT: Sort = Sort {
    key: SortKey::Created,
    descending: false,
};

string_enum! {
    /// State of a registration in the list.
    RegistrationState {
        /// Not decided yet.
        Pending = "pending",
        /// Rejected, and not deleted permanently yet.
        Rejected = "rejected",
    }
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrationParams {
    /// Part of the username, the display name or the email address, without regard to case and accents.
    pub q: Option<String>,
    /// State of the registrations; `pending` if it is left out.
    #[param(value_type = Option<RegistrationState>, inline)]
    pub state: Option<String>,
    /// Sort order: `created`, `username`, `name` or `email`, or with `-` before it for descending.
    pub sort: Option<String>,
    /// Maximum number of registrations in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationQuery {
    /// Text to find; `None` for all registrations.
    pub text: Option<Text>,
    /// State of the registrations.
    pub state: RegistrationState,
    /// Sort order.
    pub sort: Sort,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(RegistrationParams {
    q,
    state,
    sort,
    limit,
    after,
    before
});

impl RegistrationParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn parse(&self, limits: Limits) -> Result<RegistrationQuery, ListError> {
        let sort = self.sort()?;
        Ok(RegistrationQuery {
            text: given(&self.q).map(text).transpose()?,
            state: self.state()?,
            sort,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| decode(text, sort))?,
        })
    }

    /// Returns the state of the registrations.
    ///
    /// # Errors
    /// The state, if it is unknown.
    pub fn state(&self) -> Result<RegistrationState, ListError> {
        let Some(text) = given(&self.state) else {
            return Ok(RegistrationState::Pending);
        };
        text.parse()
            .map_err(|_| ListError::RegistrationState(shorten(text)))
    }

    /// Returns the order of the list.
    ///
    /// # Errors
    /// The order, if registrations cannot be sorted by it.
    pub fn sort(&self) -> Result<Sort, ListError> {
        let Some(text) = given(&self.sort) else {
            return Ok(DEFAULT_SORT);
        };
        let sort: Option<Sort> = text.parse().ok();
        sort.filter(|sort| SortKey::OF_REGISTRATIONS.contains(&sort.key))
            .ok_or_else(|| ListError::RegistrationSort(shorten(text)))
    }

    /// Returns the parameters of the first page in another order. The default order is left out.
    #[must_use]
    pub fn sorted(&self, sort: Sort) -> Self {
        Self {
            sort: (sort != DEFAULT_SORT).then(|| sort.to_string()),
            after: None,
            before: None,
            ..self.clone()
        }
    }
}

/// Checks a search text.
fn text(typed: &str) -> Result<Text, ListError> {
    let typed = typed.trim();
    Text::new(typed).map_err(|kind| {
        ListError::Filter(FilterError {
            kind,
            start: 0,
            end: typed.chars().count(),
        })
    })
}

/// Returns the name of an order, stored in its cursors.
fn order(sort: Sort) -> String {
    format!("registrations {sort}")
}

/// Parses a cursor in an order.
fn decode(text: &str, sort: Sort) -> Option<Cursor> {
    let cursor = Cursor::read(text, &order(sort))?;
    cursor.value.fits(sort.key).then_some(cursor)
}

impl Registration {
    /// Returns the cursor at this row.
    #[must_use]
    pub fn cursor(&self, sort: Sort, number: u64) -> Cursor {
        let value = match sort.key {
            SortKey::Username => CursorValue::Text(self.username.clone()),
            SortKey::Name => CursorValue::Text(self.display_name.clone()),
            SortKey::Email => CursorValue::Text(self.email.clone().unwrap_or_default()),
            // Registrations have no other order.
            _ => CursorValue::Time(micros(self.created_at)),
        };
        Cursor::new(order(sort), value, self.id.0, number)
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::{list::PageParams, users::UserId};

    fn params(name: &str, value: &str) -> RegistrationParams {
        RegistrationParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
    }

    fn registration() -> Registration {
        Registration {
            id: UserId(Uuid::from_u128(7)),
            number: 7,
            username: "ada".into(),
            display_name: "Ada".into(),
            email: None,
            email_of: None,
            from: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            rejected_at: None,
            purge_after: None,
            version: 1,
        }
    }

    #[test]
    fn default_is_pending_oldest_first() {
        let query = params("q", " ").parse(Limits::PANEL).unwrap();
        let expected = RegistrationQuery {
            text: None,
            state: RegistrationState::Pending,
            sort: DEFAULT_SORT,
            limit: 50,
            position: Position::First,
        };
        assert_eq!(query, expected);
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (name, value, says) in [
            ("state", "open", "`state` is \"open\""),
            ("sort", "password", "created, username, name, email"),
            ("sort", "last-login", "Cannot sort by \"last-login\""),
            ("sort", "--name", "Cannot sort by"),
            ("limit", "0", "is not a number from 1 to 100"),
            ("after", "x", "does not exist"),
        ] {
            let error = params(name, value).parse(Limits::PANEL).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(error.details().parameter.as_deref(), Some(name));
        }
    }

    #[test]
    fn search_text_is_checked() {
        let found = params("q", " Müller ").parse(Limits::PANEL).unwrap();
        assert_eq!(found.text.as_ref().map(Text::as_str), Some("Müller"));
        for typed in ["a\0b".to_owned(), "a\u{202E}b".into(), "x".repeat(101)] {
            let error = params("q", &typed).parse(Limits::PANEL).unwrap_err();
            let details = error.details();
            assert_eq!(details.parameter.as_deref(), Some("q"));
            assert_eq!(details.word, Some((0, typed.chars().count())));
        }
    }

    #[test]
    fn cursor_belongs_to_its_order() {
        for key in SortKey::OF_REGISTRATIONS.iter().copied() {
            for descending in [false, true] {
                let sort = Sort { key, descending };
                let cursor = registration().cursor(sort, 3);
                let text = cursor.encode();
                let at = params("sort", &sort.to_string()).at(Some(text.clone()), None);
                let query = at.parse(Limits::API).unwrap();
                assert_eq!(query.position, Position::After(cursor));
                let other = Sort {
                    descending: !descending,
                    ..sort
                };
                let at = params("sort", &other.to_string()).at(Some(text), None);
                assert_eq!(at.parse(Limits::API), Err(ListError::Cursor("after")));
            }
        }
    }

    #[test]
    fn forged_cursor_is_rejected() {
        let value = CursorValue::Text("a\0b".into());
        let sort = Sort {
            key: SortKey::Name,
            descending: false,
        };
        let forged = Cursor::new(order(sort), value, Uuid::nil(), 1);
        let at = params("sort", "name").at(Some(forged.encode()), None);
        assert_eq!(at.parse(Limits::API), Err(ListError::Cursor("after")));
    }

    #[test]
    fn default_order_is_left_out_of_links() {
        let by_name = params("q", "ada").sorted(Sort {
            key: SortKey::Name,
            descending: true,
        });
        assert_eq!(by_name.pairs(), [("q", "ada"), ("sort", "-name")]);
        assert_eq!(by_name.sorted(DEFAULT_SORT).pairs(), [("q", "ada")]);
    }
}
