//! Ages: durations before now.

use std::fmt;

use time::{Duration, OffsetDateTime};

use crate::filter::MAX_AGE;
use crate::filter::shape::digits;

/// An age of 1 to [`MAX_AGE`] hours, days or weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    amount: u16,
    unit: AgeUnit,
}

/// Unit of an age. A day is always 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeUnit {
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
}

impl AgeUnit {
    fn letter(self) -> char {
        match self {
            AgeUnit::Hours => 'h',
            AgeUnit::Days => 'd',
            AgeUnit::Weeks => 'w',
        }
    }
}

impl Age {
    /// Creates an age; returns `None` if the amount is outside 1 to [`MAX_AGE`].
    #[must_use]
    pub fn new(amount: u16, unit: AgeUnit) -> Option<Self> {
        (1..=MAX_AGE)
            .contains(&amount)
            .then_some(Self { amount, unit })
    }

    /// Parses a number and the letter of its unit, case-insensitively.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let letter = text.chars().last()?.to_ascii_lowercase();
        let unit = [AgeUnit::Hours, AgeUnit::Days, AgeUnit::Weeks]
            .into_iter()
            .find(|unit| unit.letter() == letter)?;
        Self::new(digits(text.get(..text.len() - 1)?)?, unit)
    }

    /// Returns its number of units.
    #[must_use]
    pub const fn amount(self) -> u16 {
        self.amount
    }

    /// Returns its unit.
    #[must_use]
    pub const fn unit(self) -> AgeUnit {
        self.unit
    }

    /// Returns its length as a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        let amount = i64::from(self.amount);
        match self.unit {
            AgeUnit::Hours => Duration::hours(amount),
            AgeUnit::Days => Duration::days(amount),
            AgeUnit::Weeks => Duration::weeks(amount),
        }
    }

    /// Returns the instant that long before `now`.
    #[must_use]
    pub fn before(self, now: OffsetDateTime) -> OffsetDateTime {
        now.saturating_sub(self.duration())
    }
}

impl fmt::Display for Age {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.amount, self.unit.letter())
    }
}
