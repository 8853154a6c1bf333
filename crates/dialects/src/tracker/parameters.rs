//! Parameters of paths and queries.

use domain::{error::Entity, fields::FieldErrors, list::Slice, message::Message};
use serde::Deserialize;
use service::Error;

/// Maximum number of rows in a response.
const LIMIT_MAX: u32 = 1_000;
/// Number of rows in a response to a request without `limit`.
const LIMIT_DEFAULT: u32 = 100;
const NOT_AN_INTEGER: &str =
    "Input should be a valid integer, unable to parse string as an integer";

/// Query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SliceParams {
    skip: Option<String>,
    limit: Option<String>,
}

impl SliceParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the errors of both.
    pub(super) fn parse(&self) -> Result<Slice, Error> {
        let mut errors = FieldErrors::default();
        let skip = errors.take("skip", number(self.skip.as_deref(), 0, u32::MAX));
        let limit = number(self.limit.as_deref(), LIMIT_DEFAULT, LIMIT_MAX);
        match (skip, errors.take("limit", limit)) {
            (Some(skip), Some(limit)) => Ok(Slice { skip, limit }),
            _ => Err(Error::Invalid(errors)),
        }
    }
}

/// Parses a number from 0 to `max`.
fn number(text: Option<&str>, default: u32, max: u32) -> Result<u32, Message> {
    let Some(text) = text else {
        return Ok(default);
    };
    let number: i64 = text
        .parse()
        .map_err(|_| Message::verbatim(NOT_AN_INTEGER))?;
    if number < 0 {
        let message = "Input should be greater than or equal to 0";
        return Err(Message::verbatim(message));
    }
    let fitting = u32::try_from(number).ok().filter(|number| *number <= max);
    fitting.ok_or_else(|| Message::verbatim(format!("Input should be less than or equal to {max}")))
}

/// Parses the id in a path. The field is its name.
///
/// # Errors
/// [`Error::Invalid`] for a text that is no integer, [`Error::NotFound`] for one that no object can have.
pub(super) fn id<T: TryFrom<i64>>(text: &str, field: &str, entity: Entity) -> Result<T, Error> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let mut errors = FieldErrors::default();
        errors.add(field, Message::verbatim(NOT_AN_INTEGER));
        return Err(Error::Invalid(errors));
    }
    let number: Option<i64> = text.parse().ok();
    let id = number.and_then(|number| T::try_from(number).ok());
    id.ok_or(Error::NotFound(entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(skip: Option<&str>, limit: Option<&str>) -> Option<(u32, u32)> {
        let params = SliceParams {
            skip: skip.map(str::to_owned),
            limit: limit.map(str::to_owned),
        };
        let slice = params.parse().ok()?;
        Some((slice.skip, slice.limit))
    }

    #[test]
    fn absent_parameters_have_defaults() {
        assert_eq!(slice(None, None), Some((0, 100)));
        assert_eq!(slice(Some("7"), Some("0")), Some((7, 0)));
        assert_eq!(slice(None, Some("1000")), Some((0, 1_000)));
        for wrong in ["", "-1", "x", "1.5", "99999999999999999999", "1001"] {
            assert_eq!(slice(None, Some(wrong)), None, "{wrong:?}");
        }
        for wrong in ["-1", "4294967296", "\0"] {
            assert_eq!(slice(Some(wrong), None), None, "{wrong:?}");
        }
    }

    #[test]
    fn id_is_an_integer() {
        let parse = |text: &str| id::<i32>(text, "client_id", Entity::Client);
        assert_eq!(parse("7").ok(), Some(7));
        for text in ["2147483648", "-2147483649", "99999999999999999999999"] {
            assert!(matches!(parse(text), Err(Error::NotFound(_))), "{text}");
        }
        for text in ["", "-", "1a", "1.0", "one", "\0", "é"] {
            let Err(Error::Invalid(errors)) = parse(text) else {
                panic!("{text:?}");
            };
            assert_eq!(errors.get("client_id"), Some(NOT_AN_INTEGER));
        }
    }
}
