//! Values in the bodies of requests.

use serde_json::{Map, Value};

use crate::DialectError;

/// Error of a member of a body.
pub(super) fn malformed(name: &str, expected: &str) -> DialectError {
    DialectError::Malformed(format!("{name}: expected {expected}"))
}

/// Returns a member that is a text. It is absent if the member is, or null.
pub(super) fn text(body: &Map<String, Value>, name: &str) -> Result<Option<String>, DialectError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(malformed(name, "a string")),
    }
}

/// Returns a member that is a text and must be there.
pub(super) fn required(body: &Map<String, Value>, name: &str) -> Result<String, DialectError> {
    text(body, name)?.ok_or_else(|| malformed(name, "a string"))
}

/// Returns a member that is an object. It is absent if the member is, or null.
pub(super) fn object(
    body: &Map<String, Value>,
    name: &str,
) -> Result<Option<Map<String, Value>>, DialectError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object.clone())),
        Some(_) => Err(malformed(name, "an object")),
    }
}

/// Checks a date of birth.
pub(super) fn check_date(text: &str) -> Result<(), DialectError> {
    let wrong = || malformed("date_of_birth", "a date such as 1990-12-31");
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(wrong());
    };
    let digits = |part: &str, length: usize| {
        let is_number = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, month, day) = (digits(year, 4), digits(month, 2), digits(day, 2));
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return Err(wrong());
    };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    if year > 0 && (1..=days).contains(&day) {
        Ok(())
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_birth_are_days_of_the_calendar() {
        for (text, is_one) in [
            ("1990-12-31", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("1990-02-30", false),
            ("1990-13-01", false),
            ("1990-00-01", false),
            ("1990-01-00", false),
            ("0000-01-01", false),
            ("1990-1-1", false),
            ("1990-12-31-1", false),
            ("+990-12-31", false),
            ("", false),
        ] {
            assert_eq!(check_date(text).is_ok(), is_one, "{text:?}");
        }
    }
}
