//! Parsers of options that are more than a text.

use serde_json::{Map, Value};

/// Splits a text at its commas and trims the parts. An empty text has no parts.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(move |_| !text.trim().is_empty())
}

/// Names of roles, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Roles(pub(super) Vec<String>);

/// Parses `admin,user`. The domain decides which names are valid.
pub(super) fn roles(text: &str) -> Result<Roles, std::convert::Infallible> {
    Ok(Roles(parts(text).map(str::to_owned).collect()))
}

/// Numbers of clients whose data a user can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clients(pub(super) Vec<i32>);

/// Parses `1,2,3`.
pub(super) fn clients(text: &str) -> Result<Clients, String> {
    let number = |part: &str| {
        part.parse()
            .map_err(|_| format!("{part:?} is not a client number; use 1,2,3"))
    };
    parts(text)
        .map(number)
        .collect::<Result<_, _>>()
        .map(Clients)
}

/// Notification preferences of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preferences(pub(super) Map<String, Value>);

/// Parses a JSON object.
pub(super) fn preferences(text: &str) -> Result<Preferences, String> {
    let object = serde_json::from_str(text);
    object
        .map(Preferences)
        .map_err(|_| r#"use a JSON object such as {"email":true}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_parsed() {
        let names = |text| {
            roles(text)
                .map(|roles| roles.0.join("|"))
                .unwrap_or_default()
        };
        assert_eq!(names("admin, user"), "admin|user");
        assert_eq!(names(" "), "");
        assert_eq!(names("admin,"), "admin|");
        assert_eq!(clients("1,2, 3"), Ok(Clients(vec![1, 2, 3])));
        assert_eq!(clients(""), Ok(Clients(Vec::new())));
        for bad in ["a", "1,,2", "1;2", "2147483648"] {
            assert!(clients(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_an_object_is_accepted() {
        assert_eq!(preferences("{}"), Ok(Preferences(Map::new())));
        for bad in ["", "[]", "null", "true", "{email:true}", "{} {}"] {
            assert!(preferences(bad).is_err(), "{bad}");
        }
    }
}
