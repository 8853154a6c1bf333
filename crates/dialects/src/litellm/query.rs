//! Parameters of the URL of a request.

use std::ops::RangeInclusive;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::errors::invalid;
use crate::DialectError;

/// Parameters in whose values a plus sign stands for itself: ids and email addresses can have one, and some clients do not encode it.
const LITERAL: [&str; 7] = [
    "user_id",
    "user_ids",
    "user_email",
    "team_id",
    "team",
    "invitation_id",
    "key_alias",
];

/// Parameters of a URL in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = DialectError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, DialectError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self, DialectError> {
        let pairs = text.split('&').map(|pair| match pair.split_once('=') {
            Some((name, value)) if LITERAL.contains(&name) => {
                format!("{name}={}", value.replace('+', "%2B"))
            }
            Some(_) | None => pair.to_owned(),
        });
        let text = pairs.collect::<Vec<String>>().join("&");
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect();
        let has_control = |(_, value): &&(String, String)| value.chars().any(char::is_control);
        match pairs.iter().find(has_control) {
            Some((name, _)) => Err(invalid(
                "value_error",
                ["query", name],
                "Value error, control characters are not allowed",
            )),
            None => Ok(Self(pairs)),
        }
    }

    /// Returns the value of a parameter, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().filter(|(other, _)| other == name);
        let (_, value) = pairs.next()?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns the value of a parameter as an owned text.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Returns all values of a parameter, which can be repeated and has values separated by commas. None if there is none.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let pairs = self.0.iter().filter(|(other, _)| other == name);
        let values = pairs.flat_map(|(_, value)| value.split(','));
        let values = values.map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<String> = values.map(str::to_owned).collect();
        Some(values).filter(|values| !values.is_empty())
    }

    /// Returns whether a parameter is set to a true value.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("true" | "True" | "1"))
    }

    /// Returns a number within a range.
    pub(super) fn number(
        &self,
        name: &str,
        default: i64,
        range: RangeInclusive<i64>,
    ) -> Result<i64, DialectError> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        let number: i64 = text.trim().parse().map_err(|_| {
            invalid(
                "int_parsing",
                ["query", name],
                "Input should be a valid integer, unable to parse string as an integer",
            )
        })?;
        if number < *range.start() {
            let text = format!("Input should be greater than or equal to {}", range.start());
            return Err(invalid("greater_than_equal", ["query", name], &text));
        }
        if number > *range.end() {
            let text = format!("Input should be less than or equal to {}", range.end());
            return Err(invalid("less_than_equal", ["query", name], &text));
        }
        Ok(number)
    }

    /// Returns the page and its size.
    pub(super) fn page(
        &self,
        size_name: &str,
        size_default: i64,
        size_max: i64,
    ) -> Result<PageOf, DialectError> {
        let number = self.number("page", 1, 1..=i64::MAX)?;
        let size = self.number(size_name, size_default, 1..=size_max)?;
        Ok(PageOf { number, size })
    }
}

/// Page of a list by its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageOf {
    /// Number of the page, from 1.
    pub(super) number: i64,
    /// Maximum number of rows.
    pub(super) size: i64,
}

impl PageOf {
    /// Returns the number of rows before the page.
    pub(super) fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Returns the number of pages of a list.
    pub(super) fn count(self, total: u64) -> u64 {
        total.div_ceil(self.size.unsigned_abs().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_signs_of_ids_stay() {
        let query = Query::parse("user_id=a+b%2Bc%20d&search=a+b&user_id=other").unwrap();
        assert_eq!(query.text("user_id"), Some("a+b+c d"));
        assert_eq!(query.text("search"), Some("a b"));
        assert_eq!(query.text("none"), None);
        let lists = Query::parse("user_ids=a,b&user_ids=%20c%20,").unwrap();
        assert_eq!(lists.list("user_ids").unwrap(), ["a", "b", "c"]);
        assert!(Query::parse("a=%00").is_err());
    }

    #[test]
    fn numbers_are_within_their_range() {
        let page = |text: &str| Query::parse(text).unwrap().page("page_size", 25, 100);
        assert_eq!(page("").unwrap().size, 25);
        assert_eq!(page("page=3&page_size=10").unwrap().offset(), 20);
        for text in [
            "page=0",
            "page=-1",
            "page=x",
            "page=1.5",
            "page=99999999999999999999",
            "page_size=0",
            "page_size=101",
        ] {
            assert!(page(text).is_err(), "{text}");
        }
        let last = page(&format!("page={}", i64::MAX)).unwrap();
        assert_eq!(last.offset(), i64::MAX);
        assert_eq!((last.count(0), last.count(26)), (0, 2));
    }
}
