//! References to a user in a URL, a parameter or an argument.

use std::fmt;

use uuid::Uuid;

const NUMBER: &str = "number:";
const USERNAME: &str = "username:";

/// A reference to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// The user with this id.
    Id(Uuid),
    /// The user with this number, written `number:112`.
    Number(i64),
    /// The user with this username, written `username:112` or, if it is not ambiguous, as it is.
    Name(String),
    /// Digits alone: the user with this username, or otherwise the user with this number.
    Digits {
        /// The digits as a username.
        text: String,
        /// The digits as a number.
        number: i64,
    },
}

impl UserRef {
    /// Parses a reference. Every text is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Some(name) = text.strip_prefix(USERNAME) {
            return Self::Name(name.to_owned());
        }
        if let Some(number) = text.strip_prefix(NUMBER).and_then(number) {
            return Self::Number(number);
        }
        if let Ok(id) = Uuid::try_parse(text) {
            return Self::Id(id);
        }
        let text = text.to_owned();
        match number(&text) {
            Some(number) => Self::Digits { text, number },
            None => Self::Name(text),
        }
    }

    /// Returns the words for the reference in a filter's description, such as "No. 1001".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Number(number) => format!("No. {number}"),
            Self::Digits { text, number } => format!("{text} or No. {number}"),
            Self::Name(name) => name.clone(),
            Self::Id(id) => id.to_string(),
        }
    }

    /// Formats a username so that it parses as a username: for links to data of a user.
    #[must_use]
    pub fn naming(username: &str) -> String {
        Self::Name(username.to_owned()).to_string()
    }
}

/// Parses a user number of digits alone.
fn number(text: &str) -> Option<i64> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Formats as the text that parses to the same reference.
impl fmt::Display for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Number(number) => write!(f, "{NUMBER}{number}"),
            Self::Name(name) if Self::parse(name) == *self => f.write_str(name),
            Self::Name(name) => write!(f, "{USERNAME}{name}"),
            Self::Digits { text, .. } => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c2a4-0000-7000-8000-000000000001";

    fn name(name: &str) -> UserRef {
        UserRef::Name(name.to_owned())
    }

    #[test]
    fn text_is_an_id_a_number_or_a_username() {
        assert_eq!(UserRef::parse(ID), UserRef::Id(ID.parse().unwrap()));
        for (text, number) in [("1", 1), ("42", 42), ("007", 7)] {
            let text = text.to_owned();
            assert_eq!(UserRef::parse(&text), UserRef::Digits { text, number });
        }
        assert_eq!(UserRef::parse("number:112"), UserRef::Number(112));
        assert_eq!(UserRef::parse("username:112"), name("112"));
        assert_eq!(UserRef::parse(&format!("username:{ID}")), name(ID));
        for text in [
            "ada",
            "0",
            "-1",
            "+1",
            "99999999999999999999",
            "",
            "1a",
            "number:ada",
            "number:0",
            "number:+1",
            "number:",
        ] {
            assert_eq!(UserRef::parse(text), name(text));
        }
    }

    #[test]
    fn prefixed_username_is_a_username() {
        for (username, written) in [
            ("ada", "ada"),
            ("112", "username:112"),
            ("0", "0"),
            (
                "0198c2a4000070008000000000000001",
                "username:0198c2a4000070008000000000000001",
            ),
            ("username:ada", "username:username:ada"),
            ("number:1", "username:number:1"),
        ] {
            assert_eq!(UserRef::naming(username), written);
            assert_eq!(UserRef::parse(written), name(username));
        }
    }

    #[test]
    fn reference_round_trips() {
        for text in [
            ID,
            "112",
            "007",
            "number:112",
            "number:007",
            "username:112",
            "ada",
        ] {
            let read = UserRef::parse(text);
            assert_eq!(UserRef::parse(&read.to_string()), read, "{text}");
        }
    }
}
