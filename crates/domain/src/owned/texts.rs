//! Checks of texts that programs send.

use super::{LINE_MAX, TEXT_MAX};
use crate::{
    fields::FieldErrors,
    json::JsonText,
    message::{Message, message_error},
    messages,
    users::names::is_deceptive,
};

/// Reason for rejecting a text, with a message for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// A required text that is absent or blank.
    Missing,
    /// More characters than the limit, which is the value.
    Length(usize),
    /// Characters that hide or reorder others.
    Control,
}

impl TextError {
    /// Returns the message for the client.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Missing => messages::enter_value(),
            Self::Length(max) => messages::characters_max(max),
            Self::Control => messages::control_characters(),
        }
    }
}

message_error!(TextError);

/// Checks texts and collects their errors.
#[derive(Default)]
pub(super) struct Texts {
    errors: FieldErrors,
}

impl Texts {
    /// Checks a single-line text. `required` rejects an absent one, `visible` a blank one.
    pub(super) fn line(
        &mut self,
        field: &str,
        typed: Option<String>,
        required: bool,
        visible: bool,
    ) -> Option<String> {
        let Some(typed) = typed else {
            if required {
                self.errors.add(field, TextError::Missing);
            }
            return None;
        };
        let line = typed.trim();
        let error = if visible && line.is_empty() {
            Some(TextError::Missing)
        } else if line.chars().any(is_deceptive) {
            Some(TextError::Control)
        } else {
            too_long(line, LINE_MAX)
        };
        self.unless(field, error, line.to_owned())
    }

    /// Checks a multi-line text, which is stored unchanged.
    pub(super) fn text(&mut self, field: &str, typed: Option<String>) -> Option<String> {
        let typed = typed?;
        let deceives = |c: char| is_deceptive(c) && !matches!(c, '\n' | '\r' | '\t');
        let error = if typed.chars().any(deceives) {
            Some(TextError::Control)
        } else {
            too_long(&typed, TEXT_MAX)
        };
        self.unless(field, error, typed)
    }

    /// Checks a multi-line text that must not be blank. `required` rejects an absent one.
    pub(super) fn required_text(
        &mut self,
        field: &str,
        typed: Option<String>,
        required: bool,
    ) -> Option<String> {
        let is_missing = typed
            .as_ref()
            .map_or(required, |typed| typed.trim().is_empty());
        if is_missing {
            self.errors.add(field, TextError::Missing);
        }
        self.text(field, typed)
    }

    /// Checks JSON in the host application's own structure.
    pub(super) fn content<K>(
        &mut self,
        field: &str,
        given: Option<JsonText<K>>,
    ) -> Option<JsonText<K>> {
        if let Some(Err(error)) = given.as_ref().map(JsonText::check) {
            self.errors.add(field, error);
        }
        given
    }

    fn unless(&mut self, field: &str, error: Option<TextError>, text: String) -> Option<String> {
        let checked = error.map_or(Ok(text), Err);
        self.errors.take(field, checked)
    }

    pub(super) fn end<T>(self, checked: T) -> Result<T, FieldErrors> {
        if self.errors.is_empty() {
            Ok(checked)
        } else {
            Err(self.errors)
        }
    }
}

fn too_long(text: &str, max: usize) -> Option<TextError> {
    (text.chars().count() > max).then_some(TextError::Length(max))
}
