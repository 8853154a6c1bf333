//! Errors of a form, one for each field.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use utoipa::ToSchema;

use crate::message::{Message, MessageValue};

/// Code of an error whose message is not in the catalogue.
const INVALID: &str = "invalid";

/// Returns the code of an error that was sent without one, by a server of an earlier version.
const fn invalid() -> Cow<'static, str> {
    Cow::Borrowed(INVALID)
}

/// Error of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// Name of the field.
    pub field: String,
    /// Code of the error, such as `characters_range`.
    #[serde(default = "invalid")]
    #[schema(value_type = String, required = true)]
    pub code: Cow<'static, str>,
    /// Values in the message, such as `max`.
    #[serde(default, skip_serializing_if = "MessageArgs::is_empty")]
    #[schema(value_type = BTreeMap<String, Value>)]
    pub args: MessageArgs,
    /// Message that says what to do.
    #[schema(value_type = String)]
    pub message: Message,
    /// Number of the deleted user who still has the value, for callers who can read and restore that user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_user: Option<i64>,
}

/// Values in a message, by their names. They are sent to programs; the panel does not read them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageArgs(Vec<(&'static str, MessageValue)>);

impl MessageArgs {
    /// Returns whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Serializes an object.
impl Serialize for MessageArgs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|value| (value.0, &value.1)))
    }
}

/// Ignores the values.
impl<'de> Deserialize<'de> for MessageArgs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self::default())
    }
}

impl FieldError {
    /// Creates the error of a field. Its code and its values are those of the message.
    #[must_use]
    pub fn new(field: &str, message: impl Into<Message>) -> Self {
        let message = message.into();
        Self {
            field: field.to_owned(),
            code: Cow::Borrowed(message.code().unwrap_or(INVALID)),
            args: MessageArgs(message.values().to_vec()),
            message,
            deleted_user: None,
        }
    }
}

/// Errors of a form in the order of its fields. Empty if the form is valid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds an error. If the field has one already, the first one stays.
    pub fn add(&mut self, field: &str, message: impl Into<Message>) {
        self.push(FieldError::new(field, message));
    }

    /// Adds a complete error. If the field has one already, the first one stays.
    pub fn push(&mut self, error: FieldError) {
        if self.get(&error.field).is_none() {
            self.0.push(error);
        }
    }

    /// Adds the errors of other fields. If a field has one already, the first one stays.
    pub fn append(&mut self, others: Self) {
        for error in others.0 {
            self.push(error);
        }
    }

    /// Returns the value of a parsed field, or adds its error and returns `None`.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, impl Into<Message>>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Returns the error of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// Replaces each message by its translation.
    pub fn translate(&mut self, translated: impl Fn(&Message) -> Message) {
        for error in &mut self.0 {
            error.message = translated(&error.message);
        }
    }

    /// Joins all messages into one text of full sentences.
    #[must_use]
    pub fn sentences(&self) -> String {
        let mut text = String::new();
        for error in self.iter() {
            match text.chars().last() {
                None => {}
                Some('.' | '!' | '?') => text.push(' '),
                Some(_) => text.push_str(". "),
            }
            text.push_str(&error.message);
        }
        text
    }

    /// Returns the same errors under the names that the fields have in JSON.
    #[must_use]
    pub fn in_camel_case(&self) -> Self {
        self.renamed(camel_case)
    }

    /// Returns the same errors under the names that the fields have in forms.
    #[must_use]
    pub fn in_snake_case(&self) -> Self {
        self.renamed(snake_case)
    }

    /// Returns the same errors under other names of the fields.
    #[must_use]
    pub fn renamed(&self, rename: impl Fn(&str) -> String) -> Self {
        let errors = self.iter().map(|error| FieldError {
            field: rename(&error.field),
            ..error.clone()
        });
        Self(errors.collect())
    }

    /// Removes the errors of some fields.
    pub fn remove(&mut self, is_removed: impl Fn(&str) -> bool) {
        self.0.retain(|error| !is_removed(&error.field));
    }

    /// Returns whether there are no errors.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the errors, in the order of the form.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

/// Joins the parts of the path of a field in a body: names, and the positions in lists. The cost of the fourth event is `events.3.cost`.
#[must_use]
pub fn field_path<P: AsRef<str>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut path = String::new();
    for part in parts {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part.as_ref());
    }
    path
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages;

    #[test]
    fn code_is_that_of_the_message() {
        let mut errors = FieldErrors::default();
        errors.add("display_name", messages::characters_range(1_usize, 9_usize));
        errors.add("extra", Message::verbatim("Leave it out."));
        let codes: Vec<&str> = errors.iter().map(|error| error.code.as_ref()).collect();
        assert_eq!(codes, ["characters_range", "invalid"]);
        // The sentence in another language has the same code.
        errors.translate(|_| Message::verbatim("Ein Satz."));
        let sent = serde_json::to_value(errors.in_camel_case()).unwrap();
        assert_eq!(
            sent,
            serde_json::json!([
                {
                    "field": "displayName", "code": "characters_range", "args": { "min": 1, "max": 9 },
                    "message": "Ein Satz."
                },
                { "field": "extra", "code": "invalid", "message": "Ein Satz." },
            ])
        );
        let received: FieldErrors = serde_json::from_value(sent).unwrap();
        assert_eq!(received.get("displayName"), Some("Ein Satz."));
    }

    #[test]
    fn errors_without_codes_are_read() {
        let sent = serde_json::json!([{ "field": "name", "message": "Enter a name." }]);
        let received: FieldErrors = serde_json::from_value(sent).unwrap();
        assert_eq!(received.get("name"), Some("Enter a name."));
        let codes: Vec<&str> = received.iter().map(|error| error.code.as_ref()).collect();
        assert_eq!(codes, ["invalid"]);
    }

    #[test]
    fn paths_have_names_and_positions() {
        assert_eq!(field_path(["events", "3", "cost"]), "events.3.cost");
        assert_eq!(field_path([String::from("events")]), "events");
        assert_eq!(field_path::<&str>([]), "");
    }

    #[test]
    fn names_in_json_and_in_forms() {
        let mut errors = FieldErrors::default();
        errors.add("action.show_reason", messages::enter_value());
        errors.add("users", messages::enter_value());
        let names = |errors: &FieldErrors| -> Vec<String> {
            errors.iter().map(|error| error.field.clone()).collect()
        };
        let camel = errors.in_camel_case();
        assert_eq!(names(&camel), ["action.showReason", "users"]);
        assert_eq!(camel.in_snake_case(), errors);
    }
}
