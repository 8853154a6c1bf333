//! Periods of limits: their texts, and their approximate lengths. `service` computes where they begin and end.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{
    message::{Message, message_error},
    messages,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Average length of a month in seconds.
const MONTH: i64 = 2_629_746;
/// Length by which a limit that never resets is compared: a hundred years.
const NEVER: i64 = 1_200 * MONTH;
/// Largest number before a unit.
const NUMBER_MAX: u32 = 100_000;
/// Largest number of seconds of a period and of a refill: a year.
const SECONDS_MAX: u32 = 31_536_000;
/// Largest number of months, a hundred years.
const MONTHS_MAX: u32 = 1_200;

/// Period in which an amount can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A number of seconds from the anchor on, such as `30s`, `30m` or `12h`. Each text in seconds, minutes and hours has its own form.
    Seconds(u32),
    /// A number of minutes.
    Minutes(u32),
    /// A number of hours.
    Hours(u32),
    /// A number of days in the time zone, such as `1d`.
    Days(u32),
    /// A number of weeks in the time zone, such as `1w`.
    Weeks(u32),
    /// A number of months in the time zone, such as `1mo`.
    Months(u32),
    /// The day in the time zone.
    CalendarDay,
    /// The week in the time zone, from Monday on.
    CalendarWeek,
    /// The month in the time zone.
    CalendarMonth,
    /// No period: one unit is added every so many seconds, up to the amount.
    Drip(u32),
    /// One period that does not end.
    Total,
}

/// Text that is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodError;

impl PeriodError {
    /// Returns the message for the user.
    #[must_use]
    pub const fn message(self) -> Message {
        messages::period_format()
    }
}

message_error!(PeriodError);

impl Period {
    /// Returns the approximate length in seconds, of a limit that refills the time until it is full.
    #[must_use]
    pub fn seconds(self, amount: Option<i64>) -> i64 {
        let units = amount.unwrap_or_default().max(1);
        match self {
            Self::Seconds(number) => i64::from(number),
            Self::Minutes(number) => i64::from(number) * MINUTE,
            Self::Hours(number) => i64::from(number) * HOUR,
            Self::Days(number) => i64::from(number) * DAY,
            Self::Weeks(number) => i64::from(number) * 7 * DAY,
            Self::Months(number) => i64::from(number) * MONTH,
            Self::CalendarDay => DAY,
            Self::CalendarWeek => 7 * DAY,
            Self::CalendarMonth => MONTH,
            Self::Drip(seconds) => i64::from(seconds).saturating_mul(units),
            Self::Total => NEVER,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(number) => write!(f, "{number}s"),
            Self::Minutes(number) => write!(f, "{number}m"),
            Self::Hours(number) => write!(f, "{number}h"),
            Self::Days(number) => write!(f, "{number}d"),
            Self::Weeks(number) => write!(f, "{number}w"),
            Self::Months(number) => write!(f, "{number}mo"),
            Self::CalendarDay => f.write_str("calendar:day"),
            Self::CalendarWeek => f.write_str("calendar:week"),
            Self::CalendarMonth => f.write_str("calendar:month"),
            Self::Drip(seconds) => write!(f, "drip:{seconds}"),
            Self::Total => f.write_str("total"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        match text {
            "calendar:day" => return Ok(Self::CalendarDay),
            "calendar:week" => return Ok(Self::CalendarWeek),
            "calendar:month" => return Ok(Self::CalendarMonth),
            "total" => return Ok(Self::Total),
            _ => {}
        }
        if let Some(seconds) = text.strip_prefix("drip:") {
            return number(seconds, SECONDS_MAX).map(Self::Drip);
        }
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = text.strip_suffix(unit).unwrap_or_default();
        match unit {
            "s" => number(digits, SECONDS_MAX).map(Self::Seconds),
            "m" => number(digits, NUMBER_MAX).map(Self::Minutes),
            "h" => number(digits, NUMBER_MAX).map(Self::Hours),
            "d" => number(digits, NUMBER_MAX / 10).map(Self::Days),
            "w" => number(digits, NUMBER_MAX / 100).map(Self::Weeks),
            "mo" => number(digits, MONTHS_MAX).map(Self::Months),
            _ => Err(PeriodError),
        }
    }
}

/// Parses a number from 1 to a maximum, without leading zeros.
fn number(digits: &str, max: u32) -> Result<u32, PeriodError> {
    let is_plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits
        .parse()
        .ok()
        .filter(|number| is_plain && (1..=max).contains(number));
    number.ok_or(PeriodError)
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom("the period is unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_periods_are_parsed_back() {
        for text in [
            "30s",
            "30m",
            "12h",
            "1d",
            "1w",
            "1mo",
            "12mo",
            "calendar:day",
            "calendar:week",
            "calendar:month",
            "drip:180",
            "total",
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string(), text);
            assert!(period.seconds(Some(3)) > 0, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_periods() {
        for text in [
            "",
            "1",
            "s",
            "0s",
            "01d",
            "-1d",
            "1.5h",
            "1y",
            "1D",
            " 1d",
            "drip:",
            "drip:0",
            "drip:x",
            "calendar:year",
            "31536001s",
            "100001m",
            "10001d",
            "1001w",
            "1201mo",
            "99999999999s",
            "+1d",
        ] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError), "{text}");
        }
    }

    #[test]
    fn refilling_limits_last_until_they_are_full() {
        assert_eq!(Period::Drip(180).seconds(Some(100)), 18_000);
        assert_eq!(Period::Drip(180).seconds(None), 180);
        assert_eq!(Period::Drip(180).seconds(Some(0)), 180);
    }
}
