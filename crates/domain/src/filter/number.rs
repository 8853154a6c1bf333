//! Ranges of whole numbers.

use std::fmt;

use super::error::shown;
use super::shape::{Comparison, Shape, digits};
use super::{Field, FilterErrorKind, MAX_COUNT};

/// A range of whole numbers that includes both its ends; at least one end is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntRange {
    min: Option<i64>,
    max: Option<i64>,
}

impl IntRange {
    /// Creates the range from `min` to `max`; an end that is `None` is open.
    ///
    /// # Errors
    /// An error if both ends are open or `min` is above `max`.
    pub fn new(min: Option<i64>, max: Option<i64>) -> Result<Self, FilterErrorKind> {
        match (min, max) {
            (None, None) => Err(FilterErrorKind::OpenRange),
            (Some(low), Some(high)) if low > high => Err(FilterErrorKind::BackwardRange),
            _ => Ok(Self { min, max }),
        }
    }

    /// Returns the smallest number; `None` if there is no lower end.
    #[must_use]
    pub fn min(&self) -> Option<i64> {
        self.min
    }

    /// Returns the largest number; `None` if there is no upper end.
    #[must_use]
    pub fn max(&self) -> Option<i64> {
        self.max
    }
}

impl fmt::Display for IntRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(out, "{min}"),
            (Some(min), Some(max)) => write!(out, "{min}..{max}"),
            (Some(min), None) => write!(out, ">={min}"),
            (None, Some(max)) => write!(out, "<={max}"),
            (None, None) => write!(out, "*..*"),
        }
    }
}

/// Returns the largest number that a condition on `field` can have.
pub(super) fn largest(field: Field) -> i64 {
    if field == Field::Number {
        i64::MAX
    } else {
        MAX_COUNT
    }
}

/// Parses the value of a numeric field. Both ends, once inclusive, must be numbers that the field can have.
pub(super) fn int_range(field: Field, value: &str) -> Result<IntRange, FilterErrorKind> {
    let error = || FilterErrorKind::NotANumber {
        field,
        word: shown(value),
    };
    let allowed = 0..=largest(field);
    let within = |number: Option<i64>| {
        number
            .filter(|number| allowed.contains(number))
            .ok_or_else(error)
    };
    let read = |text: &str| within(digits(text));
    match Shape::of(value) {
        Shape::Range(from, until) => {
            IntRange::new(from.map(read).transpose()?, until.map(read).transpose()?)
        }
        Shape::Compare(comparison, text) => {
            let number = read(text)?;
            match comparison {
                Comparison::Is => IntRange::new(Some(number), Some(number)),
                Comparison::AtLeast => IntRange::new(Some(number), None),
                Comparison::AtMost => IntRange::new(None, Some(number)),
                Comparison::Greater => IntRange::new(Some(within(number.checked_add(1))?), None),
                Comparison::Less => IntRange::new(None, Some(within(number.checked_sub(1))?)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Count;

    const PERSONAS: Field = Field::Count(Count::Personas);

    #[test]
    fn number_ranges_round_trip() {
        let table = [
            ("10", Some(10), Some(10), "10"),
            ("007", Some(7), Some(7), "7"),
            (">10", Some(11), None, ">=11"),
            (">=10", Some(10), None, ">=10"),
            ("<10", None, Some(9), "<=9"),
            ("<=10", None, Some(10), "<=10"),
            ("10..20", Some(10), Some(20), "10..20"),
            ("10..10", Some(10), Some(10), "10"),
            ("10..*", Some(10), None, ">=10"),
            ("*..20", None, Some(20), "<=20"),
            ("<=2000000000", None, Some(MAX_COUNT), "<=2000000000"),
        ];
        for (value, min, max, printed) in table {
            let range = int_range(PERSONAS, value);
            assert_eq!(
                range.as_ref().map(|range| (range.min(), range.max())),
                Ok((min, max)),
                "{value}"
            );
            assert_eq!(
                range.map(|range| range.to_string()),
                Ok(printed.to_owned()),
                "{value}"
            );
        }
    }

    #[test]
    fn invalid_numbers_are_rejected() {
        let not_a_number = [
            "", "x", "-1", "+1", "1.5", "1,000", ">", "=>1", "> 1", "..", "1..", "1..2..3", ">1..2",
        ];
        let out_of_range = ["2000000001", ">2000000000", "<0", "99999999999999999999"];
        for value in not_a_number.into_iter().chain(out_of_range) {
            let kind = FilterErrorKind::NotANumber {
                field: PERSONAS,
                word: value.to_owned(),
            };
            assert_eq!(int_range(PERSONAS, value), Err(kind), "{value}");
        }
        assert_eq!(int_range(PERSONAS, "*..*"), Err(FilterErrorKind::OpenRange));
        assert_eq!(
            int_range(PERSONAS, "20..10"),
            Err(FilterErrorKind::BackwardRange)
        );
    }

    #[test]
    fn user_numbers_fit_the_column() {
        let largest = i64::MAX.to_string();
        assert!(int_range(Field::Number, &largest).is_ok());
        assert!(int_range(Field::Number, &format!(">{largest}")).is_err());
    }
}
