//! Years, months and days.

use std::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

use crate::filter::shape::digits;
use crate::filter::{MAX_YEAR, MIN_YEAR};

/// A year, a month or a day in UTC, within the years [`MIN_YEAR`] to [`MAX_YEAR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    length: Length,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Year,
    Month,
    Day,
}

impl Period {
    /// A whole year, or none outside the years that can be searched for.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        Self::new(
            Date::from_calendar_date(year, Month::January, 1).ok()?,
            Length::Year,
        )
    }

    /// A whole month, or none outside the years that can be searched for.
    #[must_use]
    pub fn month(year: i32, month: Month) -> Option<Self> {
        Self::new(
            Date::from_calendar_date(year, month, 1).ok()?,
            Length::Month,
        )
    }

    /// A day, or none outside the years that can be searched for.
    #[must_use]
    pub fn day(day: Date) -> Option<Self> {
        Self::new(day, Length::Day)
    }

    fn new(first: Date, length: Length) -> Option<Self> {
        (MIN_YEAR..=MAX_YEAR)
            .contains(&first.year())
            .then_some(Self { first, length })
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = fixed(parts.next()?, 4)?;
        let Some(month) = parts.next() else {
            return Self::year(i32::from(year));
        };
        let month = Month::try_from(u8::try_from(fixed(month, 2)?).ok()?).ok()?;
        let Some(day) = parts.next() else {
            return Self::month(i32::from(year), month);
        };
        if parts.next().is_some() {
            return None;
        }
        let day = u8::try_from(fixed(day, 2)?).ok()?;
        Self::day(Date::from_calendar_date(i32::from(year), month, day).ok()?)
    }

    /// Its first instant.
    #[must_use]
    pub fn start(self) -> OffsetDateTime {
        self.first.midnight().assume_utc()
    }

    /// The first instant after it; at the end of the calendar, the last instant there is.
    #[must_use]
    pub fn end(self) -> OffsetDateTime {
        let next = match self.length {
            Length::Year => Date::from_calendar_date(self.first.year() + 1, Month::January, 1).ok(),
            Length::Month => next_month(self.first),
            Length::Day => self.first.next_day(),
        };
        next.map_or(PrimitiveDateTime::MAX, Date::midnight)
            .assume_utc()
    }
}

fn next_month(first: Date) -> Option<Date> {
    let year = if first.month() == Month::December {
        first.year() + 1
    } else {
        first.year()
    };
    Date::from_calendar_date(year, first.month().next(), 1).ok()
}

fn fixed(text: &str, length: usize) -> Option<u16> {
    if text.len() == length {
        digits(text)
    } else {
        None
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (
            self.first.year(),
            u8::from(self.first.month()),
            self.first.day(),
        );
        match self.length {
            Length::Year => write!(out, "{year:04}"),
            Length::Month => write!(out, "{year:04}-{month:02}"),
            Length::Day => write!(out, "{year:04}-{month:02}-{day:02}"),
        }
    }
}
