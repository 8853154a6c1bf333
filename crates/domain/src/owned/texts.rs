//! Checks of texts that programs send.

use super::{LINE_MAX, TEXT_MAX, TextError};
use crate::{fields::FieldErrors, json::JsonText, users::names::is_deceptive};

/// Checks texts and collects their errors.
#[derive(Default)]
pub(super) struct Texts {
    faults: FieldErrors,
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
                self.faults.add(field, TextError::Missing.to_string());
            }
            return None;
        };
        let line = typed.trim();
        let fault = if visible && line.is_empty() {
            Some(TextError::Missing)
        } else if line.chars().any(is_deceptive) {
            Some(TextError::Control)
        } else {
            too_long(line, LINE_MAX)
        };
        self.unless(field, fault, line.to_owned())
    }

    /// Checks a multi-line text, which is stored unchanged.
    pub(super) fn text(&mut self, field: &str, typed: Option<String>) -> Option<String> {
        let typed = typed?;
        let deceives = |c: char| is_deceptive(c) && !matches!(c, '\n' | '\r' | '\t');
        let fault = if typed.chars().any(deceives) {
            Some(TextError::Control)
        } else {
            too_long(&typed, TEXT_MAX)
        };
        self.unless(field, fault, typed)
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
            self.faults.add(field, TextError::Missing.to_string());
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
            self.faults.add(field, error.to_string());
        }
        given
    }

    fn unless(&mut self, field: &str, fault: Option<TextError>, text: String) -> Option<String> {
        let checked = fault.map_or(Ok(text), Err);
        self.faults.take(field, checked)
    }

    pub(super) fn end<T>(self, checked: T) -> Result<T, FieldErrors> {
        if self.faults.is_empty() {
            Ok(checked)
        } else {
            Err(self.faults)
        }
    }
}

fn too_long(text: &str, max: usize) -> Option<TextError> {
    (text.chars().count() > max).then_some(TextError::Length(max))
}
