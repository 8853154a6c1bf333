//! Where the periods of limits begin and end. A boundary is computed from the anchor and a number of periods, never from the boundary
//! before it, so that the 31st stays the 31st. Days and months are those of the time zone: a day has 23 to 25 hours.

use domain::limits::Period;
use jiff::{Span, Timestamp, ToSpan, civil::DateTime, tz::TimeZone};
use time::OffsetDateTime;

/// Start of periods that have none.
const EPOCH: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
/// Nanoseconds of a second.
const SECOND: i128 = 1_000_000_000;

/// A period: from its start to its end, which is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Start of the period.
    pub(crate) start: OffsetDateTime,
    /// End of the period; `None` if it does not end.
    pub(crate) end: Option<OffsetDateTime>,
}

/// Returns whether a time zone is known.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// Returns the period that a time is in. An unknown time zone, of an older version of the tables, is UTC.
#[must_use]
pub(crate) fn window(
    period: Period,
    anchor: OffsetDateTime,
    zone: &str,
    at: OffsetDateTime,
) -> Window {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let found = match period {
        Period::Seconds(number) => fixed(i64::from(number), anchor, at),
        Period::Minutes(number) => fixed(i64::from(number) * 60, anchor, at),
        Period::Hours(number) => fixed(i64::from(number) * 3_600, anchor, at),
        Period::Days(number) => stepped(Step::Days(i64::from(number)), anchor, &zone, at),
        Period::Weeks(number) => stepped(Step::Days(i64::from(number) * 7), anchor, &zone, at),
        Period::Months(number) => stepped(Step::Months(i64::from(number)), anchor, &zone, at),
        Period::CalendarDay | Period::CalendarWeek | Period::CalendarMonth => {
            calendar(period, &zone, at)
        }
        Period::Drip(_) | Period::Total => None,
    };
    // Beyond the years of the calendar, and without a period, there is one period.
    let (start, end) = found.map_or((EPOCH, None), |(start, end)| (start, Some(end)));
    Window { start, end }
}

type Bounds = Option<(OffsetDateTime, OffsetDateTime)>;

/// Returns the period of a fixed number of seconds.
fn fixed(seconds: i64, anchor: OffsetDateTime, at: OffsetDateTime) -> Bounds {
    let length = i128::from(seconds.max(1)) * SECOND;
    let number = (at - anchor).whole_nanoseconds().div_euclid(length);
    let bound = |number: i128| {
        let nanos = anchor.unix_timestamp_nanos() + number * length;
        OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
    };
    Some((bound(number)?, bound(number + 1)?))
}

/// Length of a period in the calendar.
#[derive(Debug, Clone, Copy)]
enum Step {
    Days(i64),
    Months(i64),
}

impl Step {
    /// Returns the boundary after a number of periods.
    fn bound(self, anchor: &Anchor, number: i64) -> Option<OffsetDateTime> {
        if number == 0 {
            return Some(anchor.at);
        }
        let span = match self {
            Self::Days(days) => Span::new().try_days(days.checked_mul(number)?),
            Self::Months(months) => Span::new().try_months(months.checked_mul(number)?),
        };
        let local = anchor.local.checked_add(span.ok()?).ok()?;
        instant(local, &anchor.zone)
    }

    /// Returns the approximate number of periods between two local times.
    fn estimate(self, from: DateTime, to: DateTime) -> i64 {
        let months = (i64::from(to.year()) - i64::from(from.year())) * 12
            + (i64::from(to.month()) - i64::from(from.month()));
        match self {
            Self::Days(days) => {
                let between = from.date().until(to.date());
                between.map_or(0, |span| i64::from(span.get_days())) / days.max(1)
            }
            Self::Months(length) => months / length.max(1),
        }
    }
}

/// Start of the first period, and its local time.
struct Anchor {
    at: OffsetDateTime,
    local: DateTime,
    zone: TimeZone,
}

/// Returns the period of a number of days or months from the anchor on.
fn stepped(step: Step, anchor: OffsetDateTime, zone: &TimeZone, at: OffsetDateTime) -> Bounds {
    let anchor = Anchor {
        at: anchor,
        local: local(anchor, zone)?,
        zone: zone.clone(),
    };
    let mut number = step.estimate(anchor.local, local(at, zone)?);
    while step.bound(&anchor, number)? > at {
        number -= 1;
    }
    // Two boundaries are the same where a zone skips a day.
    while step.bound(&anchor, number + 1)? <= at {
        number += 1;
    }
    Some((
        step.bound(&anchor, number)?,
        step.bound(&anchor, number + 1)?,
    ))
}

/// Returns the day, the week from Monday on, or the month of a time.
fn calendar(period: Period, zone: &TimeZone, at: OffsetDateTime) -> Bounds {
    let today = local(at, zone)?.date();
    let (first, span) = match period {
        Period::CalendarWeek => {
            let weekday = today.weekday().to_monday_zero_offset();
            (today.checked_sub(i64::from(weekday).days()).ok()?, 7.days())
        }
        Period::CalendarMonth => (today.first_of_month(), 1.month()),
        _ => (today, 1.day()),
    };
    let next = first.checked_add(span).ok()?;
    let midnight =
        |date: jiff::civil::Date| instant(date.to_datetime(jiff::civil::Time::midnight()), zone);
    Some((midnight(first)?, midnight(next)?))
}

/// Returns the local time of an instant.
fn local(at: OffsetDateTime, zone: &TimeZone) -> Option<DateTime> {
    let timestamp = Timestamp::from_nanosecond(at.unix_timestamp_nanos()).ok()?;
    Some(timestamp.to_zoned_datetime(zone.clone()).datetime())
}

/// Returns the instant of a local time: of two the earlier one, and in a gap the one as much later as the gap is long (RFC 5545).
fn instant(local: DateTime, zone: &TimeZone) -> Option<OffsetDateTime> {
    let zoned = local.to_zoned_datetime(zone.clone()).ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(zoned.timestamp().as_nanosecond()).ok()
}

#[cfg(test)]
mod oracle;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn of(period: &str, anchor: OffsetDateTime, zone: &str, at: OffsetDateTime) -> Window {
        window(period.parse().unwrap(), anchor, zone, at)
    }

    #[test]
    fn months_return_to_the_day_of_the_anchor() {
        let anchor = datetime!(2024-01-31 10:00 UTC);
        for (at, start, end) in [
            (
                datetime!(2024-02-10 0:00 UTC),
                anchor,
                datetime!(2024-02-29 10:00 UTC),
            ),
            (
                datetime!(2024-02-29 10:00 UTC),
                datetime!(2024-02-29 10:00 UTC),
                datetime!(2024-03-31 10:00 UTC),
            ),
            (
                datetime!(2023-12-31 9:59 UTC),
                datetime!(2023-11-30 10:00 UTC),
                datetime!(2023-12-31 10:00 UTC),
            ),
        ] {
            let expected = Window {
                start,
                end: Some(end),
            };
            assert_eq!(of("1mo", anchor, "UTC", at), expected, "{at}");
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let anchor = datetime!(2026-03-01 0:00 UTC);
        let day = of(
            "calendar:day",
            anchor,
            "Europe/Berlin",
            datetime!(2026-03-29 12:00 UTC),
        );
        assert_eq!(day.start, datetime!(2026-03-28 23:00 UTC));
        assert_eq!(day.end, Some(datetime!(2026-03-29 22:00 UTC)));
        let week = of(
            "calendar:week",
            anchor,
            "UTC",
            datetime!(2026-11-29 12:00 UTC),
        );
        assert_eq!(week.start, datetime!(2026-11-23 0:00 UTC));
        let month = of(
            "calendar:month",
            anchor,
            "UTC",
            datetime!(2026-12-31 23:59 UTC),
        );
        assert_eq!(month.end, Some(datetime!(2027-01-01 0:00 UTC)));
    }

    #[test]
    fn fixed_periods_begin_at_the_anchor() {
        let anchor = datetime!(2026-01-01 0:00:30 UTC);
        let window = of("30m", anchor, "UTC", datetime!(2025-12-31 23:59 UTC));
        assert_eq!(window.start, datetime!(2025-12-31 23:30:30 UTC));
        assert_eq!(window.end, Some(anchor));
    }

    #[test]
    fn a_total_does_not_end() {
        let now = datetime!(2026-01-01 0:00 UTC);
        assert_eq!(
            of("total", now, "UTC", now),
            Window {
                start: EPOCH,
                end: None
            }
        );
    }

    #[test]
    fn zones_are_known_by_their_names() {
        for (name, is_known) in [
            ("Europe/Berlin", true),
            ("UTC", true),
            ("Mars/Olympus", false),
            ("", false),
        ] {
            assert_eq!(is_zone(name), is_known, "{name}");
        }
    }
}
