//! The size of a JSON value while it is read.

use super::{DEPTH_MAX, JsonError, JsonLimits};

/// Largest number that is stored, on either side of zero, and one over the smallest: PostgreSQL writes every digit of a number
/// out, and the largest that there is cannot even be read back.
const NUMBER_MAX: f64 = 1e38;
/// Bytes that an exponent makes when PostgreSQL writes it out.
const EXPONENT_BYTES: usize = 40;

/// Measures a value, and notes the first thing that keeps it from being stored. From then on each method returns false.
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

    /// Goes into a list or an object.
    pub(super) fn enter(&mut self) {
        self.depth += 1;
        self.need(self.depth <= DEPTH_MAX, JsonError::Depth);
    }

    /// Comes out of it.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Looks at a text.
    pub(super) fn text(&mut self, text: &str) -> bool {
        self.need(!text.contains('\0'), JsonError::Nul)
    }

    /// Looks at a number, written as it is.
    pub(super) fn number(&mut self, number: f64, text: &str) -> bool {
        let size = number.abs();
        let is_stored = size == 0.0 || (NUMBER_MAX.recip()..=NUMBER_MAX).contains(&size);
        if text.contains('e') {
            self.bytes += EXPONENT_BYTES;
        }
        self.need(is_stored, JsonError::Number)
    }

    /// The first error.
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
