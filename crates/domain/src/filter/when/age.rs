//! How long ago something was.

use std::fmt;

use time::{Duration, OffsetDateTime};

use crate::filter::MAX_AGE;
use crate::filter::shape::digits;

/// From 1 to [`MAX_AGE`] hours, days or weeks ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    amount: u16,
    unit: AgeUnit,
}

/// What an age is counted in. A day is always 24 hours.
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
    /// That many units ago, or none if it is outside 1 to [`MAX_AGE`].
    #[must_use]
    pub fn new(amount: u16, unit: AgeUnit) -> Option<Self> {
        (1..=MAX_AGE)
            .contains(&amount)
            .then_some(Self { amount, unit })
    }

    /// Reads a number and the letter of its unit, in any case.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let letter = text.chars().last()?.to_ascii_lowercase();
        let unit = [AgeUnit::Hours, AgeUnit::Days, AgeUnit::Weeks]
            .into_iter()
            .find(|unit| unit.letter() == letter)?;
        Self::new(digits(text.get(..text.len() - 1)?)?, unit)
    }

    /// What it is counted in.
    pub(in crate::filter) const fn unit(self) -> AgeUnit {
        self.unit
    }

    /// Its length in words, such as "90 days".
    #[must_use]
    pub fn length(self) -> String {
        let unit = match self.unit {
            AgeUnit::Hours => "hour",
            AgeUnit::Days => "day",
            AgeUnit::Weeks => "week",
        };
        let plural = if self.amount == 1 { "" } else { "s" };
        format!("{} {unit}{plural}", self.amount)
    }

    /// How long that is.
    #[must_use]
    pub fn duration(self) -> Duration {
        let amount = i64::from(self.amount);
        match self.unit {
            AgeUnit::Hours => Duration::hours(amount),
            AgeUnit::Days => Duration::days(amount),
            AgeUnit::Weeks => Duration::weeks(amount),
        }
    }

    /// The instant that long before `now`.
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
