//! Conditions on a time: dates and ages, and the instants that they stand for.

mod age;
mod days;
mod period;

use std::fmt;

use time::{Date, OffsetDateTime};

use super::error::shown;
use super::shape::{Comparison, Shape};
use super::{Field, FilterErrorKind};

pub use age::{Age, AgeUnit};
pub use days::{Dated, Days};
pub use period::{Period, PeriodLength};

/// Keyword before an age for anything longer ago.
pub(super) const BEFORE: &str = "before-";
/// Keyword before an age for anything since then.
pub(super) const AFTER: &str = "after-";

/// A condition on a time, as typed; [`When::bounds`] resolves it at a given time.
///
/// A date is the whole of its year, month or day in the time zone of the user who asks ([`Dated::in_days`]): `2026-01` is that month,
/// `>2026-01` is after its end, `>=` from its start, `<` before its start, `<=` before its end, and `2026-01..2026-03` is from the start of
/// the one month to the end of the other. An age such as `30d` is the instant that long ago: `before-30d` is before it, and `after-30d`
/// since it. A plain `30d` also means since then, because hardly anything happened at exactly that instant. `>30d` and `<30d` are rejected
/// as ambiguous.
///
/// A time that is not set is before every age, so that `before-30d` and `after-30d` divide all users in two. It matches no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The time is not set.
    Never,
    /// The time is longer ago, or not set.
    Before(Age),
    /// The time is since then.
    After(Age),
    /// The time compares in this way with the period.
    Compare(Comparison, Period),
    /// The time is from the start of the first to the end of the second; an end that is `None` is open.
    Between(Option<TimePoint>, Option<TimePoint>),
}

/// A half-open interval `[from, until)`; an end that is `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// First instant inside.
    pub from: Option<OffsetDateTime>,
    /// First instant after it.
    pub until: Option<OffsetDateTime>,
}

impl When {
    /// Parses a condition on a time that is always set, such as a time of creation.
    ///
    /// # Errors
    /// The same errors as for the field `created`.
    pub fn read(text: &str) -> Result<Self, FilterErrorKind> {
        when(Field::Created, text)
    }

    /// Returns the two conditions that an age with a sign can stand for: longer ago, and since then.
    pub(crate) const fn readings(age: Age) -> [Self; 2] {
        [When::Before(age), When::After(age)]
    }

    /// Lists the days at which its dates begin and end.
    fn days(self) -> impl Iterator<Item = Date> {
        let timestamps = match self {
            When::Never | When::Before(_) | When::After(_) => [None, None],
            When::Compare(_, period) => [Some(TimePoint::Period(period)), None],
            When::Between(from, until) => [from, until],
        };
        timestamps
            .into_iter()
            .flatten()
            .filter_map(|timestamp| match timestamp {
                TimePoint::Period(period) => Some(period),
                TimePoint::Age(_) => None,
            })
            .flat_map(Period::days)
    }

    /// Resolves its dates with the first instants of days in a time zone.
    fn place(&mut self, days: &Days) {
        match self {
            When::Never | When::Before(_) | When::After(_) => {}
            When::Compare(_, period) => *period = period.placed(days),
            When::Between(from, until) => {
                for timestamp in [from, until].into_iter().flatten() {
                    if let TimePoint::Period(period) = timestamp {
                        *period = period.placed(days);
                    }
                }
            }
        }
    }

    /// Returns whether a time that is not set matches.
    #[must_use]
    pub const fn includes_never(&self) -> bool {
        matches!(self, When::Never | When::Before(_))
    }

    /// Returns the interval that matches at the time `now`; `None` for [`When::Never`].
    ///
    /// A range from a date to an age can be empty, with `from` not before `until`.
    #[must_use]
    pub fn bounds(&self, now: OffsetDateTime) -> Option<Bounds> {
        let (from, until) = match self {
            When::Never => return None,
            When::Between(from, until) => (
                from.map(|timestamp| timestamp.start(now)),
                until.map(|timestamp| timestamp.end(now)),
            ),
            When::Before(age) => (None, Some(age.before(now))),
            When::After(age) => (Some(age.before(now)), None),
            When::Compare(comparison, period) => match comparison {
                Comparison::Is => (Some(period.start()), Some(period.end())),
                Comparison::Greater => (Some(period.end()), None),
                Comparison::AtLeast => (Some(period.start()), None),
                Comparison::Less => (None, Some(period.start())),
                Comparison::AtMost => (None, Some(period.end())),
            },
        };
        Some(Bounds { from, until })
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Never => out.write_str("never"),
            When::Before(age) => write!(out, "{BEFORE}{age}"),
            When::After(age) => write!(out, "{AFTER}{age}"),
            When::Compare(comparison, period) => write!(out, "{}{period}", comparison.sign()),
            When::Between(from, until) => {
                write_end(*from, out)?;
                out.write_str("..")?;
                write_end(*until, out)
            }
        }
    }
}

fn write_end(end: Option<TimePoint>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match end {
        Some(timestamp) => write!(out, "{timestamp}"),
        None => out.write_str("*"),
    }
}

/// A point or a period of time to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimePoint {
    /// A year, a month or a day.
    Period(Period),
    /// An age before now.
    Age(Age),
}

impl TimePoint {
    fn start(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            TimePoint::Period(period) => period.start(),
            TimePoint::Age(age) => age.before(now),
        }
    }

    fn end(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            TimePoint::Period(period) => period.end(),
            TimePoint::Age(age) => age.before(now),
        }
    }
}

impl fmt::Display for TimePoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimePoint::Period(period) => period.fmt(out),
            TimePoint::Age(age) => age.fmt(out),
        }
    }
}

/// Parses the value of a date field.
pub(super) fn when(field: Field, value: &str) -> Result<When, FilterErrorKind> {
    if field.takes_never() && value.eq_ignore_ascii_case("never") {
        return Ok(When::Never);
    }
    for (word, condition) in [
        (BEFORE, When::Before as fn(Age) -> When),
        (AFTER, When::After),
    ] {
        if let Some(age) = after_word(value, word).and_then(Age::read) {
            return Ok(condition(age));
        }
    }
    let no_date = || FilterErrorKind::NotADate {
        field,
        word: shown(value),
    };
    let read = |text: &str| {
        let timestamp = Period::read(text)
            .map(TimePoint::Period)
            .or_else(|| Age::read(text).map(TimePoint::Age));
        timestamp.ok_or_else(no_date)
    };
    match Shape::of(value) {
        Shape::Compare(comparison, text) => match (read(text)?, comparison) {
            (TimePoint::Period(period), _) => Ok(When::Compare(comparison, period)),
            (TimePoint::Age(age), Comparison::Is) => Ok(When::After(age)),
            (TimePoint::Age(age), _) => Err(FilterErrorKind::AmbiguousAge {
                field,
                word: shown(value),
                age: age.to_string(),
            }),
        },
        Shape::Range(None, None) => Err(FilterErrorKind::OpenRange),
        Shape::Range(from, until) => {
            let (from, until) = (from.map(read).transpose()?, until.map(read).transpose()?);
            if runs_backward(from, until) {
                return Err(FilterErrorKind::BackwardRange);
            }
            Ok(When::Between(from, until))
        }
    }
}

/// Returns the rest of a value after a keyword, which is case-insensitive.
fn after_word<'a>(value: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = value.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Parses the value of `inactive:`.
pub(super) fn inactive(value: &str) -> Result<Age, FilterErrorKind> {
    Age::read(value).ok_or_else(|| FilterErrorKind::NotAnAge { word: shown(value) })
}

/// Returns whether the range is empty at any time. A range between a date and an age depends on the time, so it is not rejected.
fn runs_backward(from: Option<TimePoint>, until: Option<TimePoint>) -> bool {
    match (from, until) {
        (Some(TimePoint::Period(from)), Some(TimePoint::Period(until))) => {
            from.start() >= until.end()
        }
        (Some(TimePoint::Age(from)), Some(TimePoint::Age(until))) => {
            from.duration() <= until.duration()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    fn bounds(value: &str) -> Result<Option<Bounds>, FilterErrorKind> {
        when(Field::LastLogin, value).map(|when| when.bounds(NOW))
    }

    #[test]
    fn dates_are_whole_periods() {
        let january = Some(datetime!(2026-01-01 0:00 UTC));
        let february = Some(datetime!(2026-02-01 0:00 UTC));
        let next_year = Some(datetime!(2027-01-01 0:00 UTC));
        let leap_day = Some(datetime!(2024-02-29 0:00 UTC));
        let after_leap_day = Some(datetime!(2024-03-01 0:00 UTC));
        let end_of_calendar = Some(datetime!(9999-12-31 23:59:59.999_999_999 UTC));
        let table = [
            ("2026", january, next_year),
            ("2026-01", january, february),
            ("2024-02-29", leap_day, after_leap_day),
            (">2026-01", february, None),
            (">=2026-01", january, None),
            ("<2026-01", None, january),
            ("<=2026-01", None, february),
            (">2024-02-29", after_leap_day, None),
            ("2026-01..2026", january, next_year),
            ("2026-02..2026", february, next_year),
            ("2024-02-29..2026-01", leap_day, february),
            ("2026..*", january, None),
            ("*..2026-12", None, next_year),
            (">9999", end_of_calendar, None),
        ];
        for (value, from, until) in table {
            assert_eq!(bounds(value), Ok(Some(Bounds { from, until })), "{value}");
        }
    }

    #[test]
    fn ages_are_instants() {
        let month_ago = Some(datetime!(2026-10-22 12:00 UTC));
        let week_ago = Some(datetime!(2026-11-14 12:00 UTC));
        let hours_ago = Some(datetime!(2026-11-21 0:00 UTC));
        let table = [
            ("30d", month_ago, None),
            ("after-30d", month_ago, None),
            ("before-30d", None, month_ago),
            ("Before-30D", None, month_ago),
            ("1w", week_ago, None),
            ("before-12h", None, hours_ago),
            ("30d..1w", month_ago, week_ago),
            ("*..1w", None, week_ago),
            (
                "2026-11..1w",
                Some(datetime!(2026-11-01 0:00 UTC)),
                week_ago,
            ),
        ];
        for (value, from, until) in table {
            assert_eq!(bounds(value), Ok(Some(Bounds { from, until })), "{value}");
        }
    }

    #[test]
    fn age_with_a_sign_is_rejected_as_ambiguous() {
        for value in [">30d", ">=30d", "<30d", "<=30D", ">12h", "<8w"] {
            let age = value.trim_start_matches(['<', '>', '=']).to_lowercase();
            let denied = FilterErrorKind::AmbiguousAge {
                field: Field::LastLogin,
                word: value.to_owned(),
                age,
            };
            assert_eq!(bounds(value), Err(denied), "{value}");
        }
    }

    #[test]
    fn never_is_before_every_age_and_on_no_date() {
        for (value, included) in [
            ("never", true),
            ("before-30d", true),
            ("after-30d", false),
            ("30d", false),
            ("<2026", false),
            ("*..2026", false),
        ] {
            let when = when(Field::LastLogin, value);
            assert_eq!(
                when.map(|when| when.includes_never()),
                Ok(included),
                "{value}"
            );
        }
    }

    #[test]
    fn never_applies_only_to_optional_times() {
        assert_eq!(bounds("Never"), Ok(None));
        let denied = FilterErrorKind::NotADate {
            field: Field::Created,
            word: "never".to_owned(),
        };
        assert_eq!(when(Field::Created, "never"), Err(denied));
    }

    #[test]
    fn age_from_the_first_instant_does_not_overflow() {
        let first = time::PrimitiveDateTime::MIN.assume_utc();
        let found = when(Field::Created, "before-9999w").map(|when| when.bounds(first));
        assert_eq!(
            found,
            Ok(Some(Bounds {
                from: None,
                until: Some(first)
            }))
        );
    }

    #[test]
    fn invalid_times_are_rejected() {
        let dates = [
            "1969",
            "26",
            "2026-13",
            "2026-02-30",
            "2026-1-1",
            "2026-01-01-01",
            "20260101",
            "10000",
            "+202",
        ];
        let ages = [
            "d",
            "0d",
            "10000d",
            "-3d",
            "3m",
            "3 d",
            "1.5d",
            "99999999999d",
            "before-",
            "after-0d",
            "before-2026",
            "before->7d",
        ];
        let shapes = [
            "",
            ">",
            "yesterday",
            "..",
            "2026..",
            ">2026..2027",
            "<never",
            "2026-01-01T00:00",
        ];
        for value in dates.into_iter().chain(ages).chain(shapes) {
            let kind = FilterErrorKind::NotADate {
                field: Field::LastLogin,
                word: value.to_owned(),
            };
            assert_eq!(bounds(value), Err(kind), "{value}");
        }
        assert_eq!(bounds("*..*"), Err(FilterErrorKind::OpenRange));
        for value in ["2026-02..2026-01", "2027..2026", "7d..30d", "7d..1w"] {
            assert_eq!(
                bounds(value),
                Err(FilterErrorKind::BackwardRange),
                "{value}"
            );
        }
    }
}
