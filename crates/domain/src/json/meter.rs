//! Measurement of a JSON value while it is read.

use super::{DEPTH_MAX, JsonError, JsonLimits};

/// Largest absolute value of a number that is stored; its reciprocal is the smallest. PostgreSQL writes out every digit of a number, and
/// the largest `f64` cannot even be read back.
const NUMBER_MAX: f64 = 1e38;
/// Number of bytes that an exponent adds when PostgreSQL writes it out.
const EXPONENT_BYTES: usize = 40;

/// Measures a value and stores the first error. After an error every method returns false.
pub(super) struct Meter {
    limits: JsonLimits,
    bytes: usize,
    values: usize,
    depth: usize,
    error: Option<JsonError>,
}

impl Meter {
    pub(super) const fn new(limits: JsonLimits) -> Self {
        Self {
            limits,
            bytes: 0,
            values: 0,
            depth: 0,
            error: None,
        }
    }

    /// Counts bytes of the text.
    pub(super) fn bytes(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        self.need(
            self.bytes <= self.limits.bytes,
            JsonError::Bytes(self.limits.bytes),
        )
    }

    /// Counts a value of a list or an object.
    pub(super) fn value(&mut self) -> bool {
        self.values += 1;
        self.need(
            self.values <= self.limits.values,
            JsonError::Values(self.limits.values),
        )
    }

    /// Enters a list or an object.
    pub(super) fn enter(&mut self) {
        self.depth += 1;
        self.need(self.depth <= DEPTH_MAX, JsonError::Depth);
    }

    /// Leaves a list or an object.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Checks a text.
    pub(super) fn text(&mut self, text: &str) -> bool {
        self.need(!text.contains('\0'), JsonError::Nul)
    }

    /// Checks a number; `text` is its JSON form.
    pub(super) fn number(&mut self, number: f64, text: &str) -> bool {
        let size = number.abs();
        let is_stored = size == 0.0 || (NUMBER_MAX.recip()..=NUMBER_MAX).contains(&size);
        if text.contains('e') {
            self.bytes += EXPONENT_BYTES;
        }
        self.need(is_stored, JsonError::Number)
    }

    /// Returns the first error, if there was one.
    pub(super) fn end(&self) -> Result<(), JsonError> {
        self.error.map_or(Ok(()), Err)
    }

    fn need(&mut self, holds: bool, error: JsonError) -> bool {
        if !holds {
            self.error.get_or_insert(error);
        }
        self.error.is_none()
    }
}
