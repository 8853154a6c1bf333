//! Errors of a form, one for each field.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::Message;

/// Error of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// Name of the field.
    pub field: String,
    /// Message that says what to do.
    #[schema(value_type = String)]
    pub message: Message,
    /// Number of the deleted user who still has the value, for callers who can read and restore that user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_user: Option<i64>,
}

/// Errors of a form in the order of its fields. Empty if the form is valid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds an error. If the field has one already, the first one stays.
    pub fn add(&mut self, field: &str, message: impl Into<Message>) {
        self.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
            deleted_user: None,
        });
    }

    /// Adds a complete error. If the field has one already, the first one stays.
    pub fn push(&mut self, error: FieldError) {
        if self.get(&error.field).is_none() {
            self.0.push(error);
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

    fn renamed(&self, rename: fn(&str) -> String) -> Self {
        let errors = self.iter().map(|error| FieldError {
            field: rename(&error.field),
            ..error.clone()
        });
        Self(errors.collect())
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
