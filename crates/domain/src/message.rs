//! Messages for users: a sentence in English, with its key in the catalogue of texts and the values in it. Programs and logs get the
//! English sentence; the panel shows it in the language of the page.

use std::{
    borrow::Cow,
    fmt::{self, Display},
    ops::Deref,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Money, grouped};

/// Placeholder of the number in a plural.
const COUNT: &str = "count";
/// Beginning of the keys of messages, the area of the catalogue that they are in.
const AREA: &str = "errors.";

/// A message for users. The functions of [`crate::messages`] create them. It is displayed and serialized as its English text.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Name in the catalogue; empty if the text is not in it.
    key: &'static str,
    text: Cow<'static, str>,
    values: Vec<(&'static str, MessageValue)>,
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageValue {
    /// Number that selects the plural form.
    Count(u64),
    /// Any other number.
    Number(i64),
    /// Number that is written with separators between thousands.
    Quantity(i64),
    /// Dollars.
    Money(Money),
    /// Text that is the same in all languages.
    Text(String),
    /// Another message.
    Message(Message),
}

impl Message {
    /// Creates a message with a text that is not in the catalogue: one that was received or that a library has created, or one that only
    /// programs read.
    #[must_use]
    pub fn verbatim(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: "",
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// Creates a message without values.
    pub(crate) const fn fixed(key: &'static str, text: &'static str) -> Self {
        Self {
            key,
            text: Cow::Borrowed(text),
            values: Vec::new(),
        }
    }

    /// Creates a message with values.
    pub(crate) fn filled(
        key: &'static str,
        pattern: &str,
        values: Vec<(&'static str, MessageValue)>,
    ) -> Self {
        let texts: Vec<(&str, &dyn Display)> = values
            .iter()
            .map(|(name, value)| (*name, value as &dyn Display))
            .collect();
        Self {
            key,
            text: Cow::Owned(fill(pattern, &texts)),
            values,
        }
    }

    /// Creates a message with a count, from the count and the forms for one and for other counts.
    pub(crate) fn plural(
        key: &'static str,
        (count, one, other): (u64, &str, &str),
        mut values: Vec<(&'static str, MessageValue)>,
    ) -> Self {
        values.push((COUNT, MessageValue::Count(count)));
        Self::filled(key, if count == 1 { one } else { other }, values)
    }

    /// Returns the English text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the name in the catalogue, such as `errors.user_not_found`; `None` if the text is not in it.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        (!self.key.is_empty()).then_some(self.key)
    }

    /// Returns the code for programs, such as `characters_max`, which stays the same when the text is rephrased; `None` if the text is not
    /// in the catalogue.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.key().map(|key| key.strip_prefix(AREA).unwrap_or(key))
    }

    /// Returns the values by the names of their placeholders.
    #[must_use]
    pub fn values(&self) -> &[(&'static str, MessageValue)] {
        &self.values
    }

    /// Returns the number that selects the plural form; `None` if the message has one form only.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        self.values.iter().find_map(|(_, value)| match value {
            MessageValue::Count(count) => Some(*count),
            MessageValue::Number(_)
            | MessageValue::Quantity(_)
            | MessageValue::Money(_)
            | MessageValue::Text(_)
            | MessageValue::Message(_) => None,
        })
    }
}

/// Replaces the placeholders of a text, such as `{name}`. Values are not searched for placeholders.
#[must_use]
pub fn fill(pattern: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, (name, after))) = next_placeholder(rest) {
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(&value.to_string());
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Returns the text before the next placeholder, its name, and the text after it.
fn next_placeholder(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, inside) = text.split_once('{')?;
    Some((before, inside.split_once('}')?))
}

impl Display for MessageValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Quantity(number) => f.write_str(&grouped(&number.to_string(), ',')),
            Self::Money(money) => f.write_str(&money.written(',', '.')),
            Self::Text(text) => f.write_str(text),
            Self::Message(message) => message.fmt(f),
        }
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Compares the English texts, which are all that remains of a message that was sent.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Message {}

impl PartialEq<str> for Message {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl PartialEq<String> for Message {
    fn eq(&self, other: &String) -> bool {
        self.text == *other
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.text.into_owned()
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Serializes numbers as numbers, and other values as text.
impl Serialize for MessageValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Number(number) | Self::Quantity(number) => serializer.serialize_i64(*number),
            Self::Money(money) => money.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Message(message) => message.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::verbatim)
    }
}

impl From<Message> for MessageValue {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<String> for MessageValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for MessageValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

macro_rules! from_large_numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for MessageValue {
            fn from(number: $number) -> Self {
                i64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Number)
            }
        })+
    };
}

from_large_numbers!(u64, usize);

macro_rules! from_small_numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for MessageValue {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        })+
    };
}

from_small_numbers!(i16, u16, u32, i32, i64);

/// Implements `Display`, `Error` and the conversion to a message for an error type with a method `message`.
macro_rules! message_error {
    ($($error:ty),+) => {
        $(impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.message())
            }
        }

        impl std::error::Error for $error {}

        impl From<$error> for $crate::message::Message {
            fn from(error: $error) -> Self {
                error.message()
            }
        })+
    };
}
pub(crate) use message_error;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages;

    #[test]
    fn message_has_key_and_values() {
        let message = messages::characters_range(3_usize, 50_usize);
        assert_eq!(message, "Use 3 to 50 characters.");
        assert_eq!(message.key(), Some("errors.characters_range"));
        assert_eq!(message.code(), Some("characters_range"));
        let values = message.values().iter();
        let values: Vec<(&str, String)> = values
            .map(|(name, value)| (*name, value.to_string()))
            .collect();
        assert_eq!(values, [("min", "3".to_owned()), ("max", "50".to_owned())]);
        assert_eq!(message.count(), None);
    }

    #[test]
    fn count_selects_the_form() {
        for (count, text) in [
            (1, "Too many attempts. Try again in 1 second."),
            (2, "Too many attempts. Try again in 2 seconds."),
        ] {
            let message = messages::too_many_attempts(count);
            assert_eq!((message.as_str(), message.count()), (text, Some(count)));
        }
    }

    #[test]
    fn value_can_be_a_message() {
        let reason = messages::password_add_words();
        assert_eq!(
            messages::password_guessable(reason),
            "This password is easy to guess. Add a few unrelated words."
        );
    }

    #[test]
    fn quantities_have_separators_in_the_text_only() {
        let message = messages::count_format(MessageValue::Quantity(1_000_000));
        assert_eq!(message, "Enter a whole number from 0 to 1,000,000.");
        let (_, max) = &message.values()[0];
        assert_eq!(serde_json::to_string(max).unwrap(), "1000000");
    }

    #[test]
    fn only_the_text_is_sent() {
        let sent = serde_json::to_string(&messages::user_not_found()).unwrap();
        assert_eq!(sent, r#""User not found""#);
        let received: Message = serde_json::from_str(&sent).unwrap();
        assert_eq!(received, messages::user_not_found());
        assert_eq!((received.key(), received.code()), (None, None));
    }

    #[test]
    fn placeholders_are_replaced_by_name() {
        let values: &[(&str, &dyn Display)] = &[("name", &"Ada"), ("count", &3)];
        for (pattern, filled) in [
            ("{name} has {count} keys", "Ada has 3 keys"),
            ("{count} Schlüssel von {name}", "3 Schlüssel von Ada"),
            ("{name}{name}", "AdaAda"),
            ("No placeholder", "No placeholder"),
            ("{unknown}!", "!"),
            ("open {name", "open {name"),
            ("", ""),
        ] {
            assert_eq!(fill(pattern, values), filled, "{pattern}");
        }
    }

    #[test]
    fn values_are_not_searched_for_placeholders() {
        let filled = fill("{a} and {b}", &[("a", &"{b}"), ("b", &"x")]);
        assert_eq!(filled, "{b} and x");
    }
}
