//! Years, months and days.

use std::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

use super::Days;
use crate::filter::shape::digits;
use crate::filter::{MAX_YEAR, MIN_YEAR};

/// A year, a month or a day, within the years [`MIN_YEAR`] to [`MAX_YEAR`]; in UTC until it is resolved in another time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    length: PeriodLength,
    start: OffsetDateTime,
    end: OffsetDateTime,
}

/// Length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodLength {
    /// A whole year.
    Year,
    /// A whole month.
    Month,
    /// A single day.
    Day,
}

impl Period {
    /// Creates a whole year; returns `None` outside the years that can be searched for.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        Self::new(
            Date::from_calendar_date(year, Month::January, 1).ok()?,
            PeriodLength::Year,
        )
    }

    /// Creates a whole month; returns `None` outside the years that can be searched for.
    #[must_use]
    pub fn month(year: i32, month: Month) -> Option<Self> {
        Self::new(
            Date::from_calendar_date(year, month, 1).ok()?,
            PeriodLength::Month,
        )
    }

    /// Creates a single day; returns `None` outside the years that can be searched for.
    #[must_use]
    pub fn day(day: Date) -> Option<Self> {
        Self::new(day, PeriodLength::Day)
    }

    fn new(first: Date, length: PeriodLength) -> Option<Self> {
        let period = Self {
            first,
            length,
            start: PrimitiveDateTime::MIN.assume_utc(),
            end: PrimitiveDateTime::MAX.assume_utc(),
        };
        (MIN_YEAR..=MAX_YEAR)
            .contains(&first.year())
            .then(|| period.placed(&Days::default()))
    }

    /// Returns the same period, resolved with the first instants of days.
    pub(super) fn placed(self, days: &Days) -> Self {
        Self {
            start: days.start(self.first),
            end: self.day_after().map_or(self.end, |next| days.start(next)),
            ..self
        }
    }

    /// Lists its first day, and the day after it unless that is beyond the calendar.
    pub(super) fn days(self) -> impl Iterator<Item = Date> {
        [Some(self.first), self.day_after()].into_iter().flatten()
    }

    /// Returns its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.first
    }

    /// Returns whether it is a year, a month or a day.
    #[must_use]
    pub const fn length(self) -> PeriodLength {
        self.length
    }

    /// Parses `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
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

    /// Returns its first instant.
    #[must_use]
    pub const fn start(self) -> OffsetDateTime {
        self.start
    }

    /// Returns the first instant after it; at the end of the calendar, the maximum of the type.
    #[must_use]
    pub const fn end(self) -> OffsetDateTime {
        self.end
    }

    /// Returns the first day after it, if the calendar has one.
    fn day_after(self) -> Option<Date> {
        match self.length {
            PeriodLength::Year => {
                Date::from_calendar_date(self.first.year() + 1, Month::January, 1).ok()
            }
            PeriodLength::Month => next_month(self.first),
            PeriodLength::Day => self.first.next_day(),
        }
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
            PeriodLength::Year => write!(out, "{year:04}"),
            PeriodLength::Month => write!(out, "{year:04}-{month:02}"),
            PeriodLength::Day => write!(out, "{year:04}-{month:02}-{day:02}"),
        }
    }
}
