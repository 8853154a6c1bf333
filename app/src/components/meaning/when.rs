//! Conditions on a time in words, with the date that an age stands for.

use domain::filter::{Age, AgeUnit, Comparison, Period, PeriodLength, TimePoint, When};
use time::{Date, Month, OffsetDateTime, UtcOffset};

use crate::text;

/// Returns the words for the condition, to follow a verb: `before 30 Aug 2026 (90 days ago)`.
pub(super) fn describe(when: When, now: OffsetDateTime) -> String {
    match when {
        When::Never => text::filters::when_never().to_owned(),
        When::Before(age) => text::filters::when_before_age(since(age, now)),
        When::After(age) => text::filters::when_since_age(since(age, now)),
        When::Compare(comparison, period) => compared(comparison, period),
        When::Between(Some(from), None) => text::filters::when_since(point(from, now)),
        When::Between(None, Some(until)) => text::filters::when_until(point(until, now)),
        When::Between(from, until) => {
            let end = |end: Option<TimePoint>| end.map(|end| point(end, now)).unwrap_or_default();
            text::filters::when_between(end(from), end(until))
        }
    }
}

/// Returns the words for a condition that is an age, without its date: `more than 90 days ago`.
pub(super) fn reading(when: When) -> String {
    match when {
        When::Before(age) => {
            let amount = u64::from(age.amount());
            match age.unit() {
                AgeUnit::Hours => text::filters::before_hours(amount),
                AgeUnit::Days => text::filters::before_days(amount),
                AgeUnit::Weeks => text::filters::before_weeks(amount),
            }
        }
        When::After(age) => {
            let amount = u64::from(age.amount());
            match age.unit() {
                AgeUnit::Hours => text::filters::within_hours(amount),
                AgeUnit::Days => text::filters::within_days(amount),
                AgeUnit::Weeks => text::filters::within_weeks(amount),
            }
        }
        When::Never | When::Compare(..) | When::Between(..) => String::new(),
    }
}

/// Returns the instant and its age: `30 Aug 2026 (90 days ago)`. The time of day is included if the age is in hours.
pub(super) fn since(age: Age, now: OffsetDateTime) -> String {
    let at = age.before(now).to_offset(UtcOffset::UTC);
    let (amount, date) = (u64::from(age.amount()), day(at.date()));
    match age.unit() {
        AgeUnit::Hours => {
            let clock = format!("{:02}:{:02}", at.hour(), at.minute());
            text::filters::age_hours(amount, date, clock)
        }
        AgeUnit::Days => text::filters::age_days(amount, date),
        AgeUnit::Weeks => text::filters::age_weeks(amount, date),
    }
}

/// Formats a day: `30 Aug 2026`.
pub(super) fn day(date: Date) -> String {
    text::filters::day(date.day(), month(date.month()), date.year())
}

fn point(point: TimePoint, now: OffsetDateTime) -> String {
    match point {
        TimePoint::Period(period) => name(period),
        TimePoint::Age(age) => since(age, now),
    }
}

/// Returns the words for a comparison with a period: `in 2026`, `after Jan 2026`, `before 1 Jan 2026`.
fn compared(comparison: Comparison, period: Period) -> String {
    use PeriodLength::{Day, Month, Year};
    let name = name(period);
    match (comparison, period.length()) {
        (Comparison::Is, Day) => text::filters::when_is_day(name),
        (Comparison::Is, Month) => text::filters::when_is_month(name),
        (Comparison::Is, Year) => text::filters::when_is_year(name),
        (Comparison::Greater, Day) => text::filters::when_after_day(name),
        (Comparison::Greater, Month) => text::filters::when_after_month(name),
        (Comparison::Greater, Year) => text::filters::when_after_year(name),
        (Comparison::AtLeast, Day) => text::filters::when_from_day(name),
        (Comparison::AtLeast, Month) => text::filters::when_from_month(name),
        (Comparison::AtLeast, Year) => text::filters::when_from_year(name),
        (Comparison::Less, Day) => text::filters::when_before_day(name),
        (Comparison::Less, Month) => text::filters::when_before_month(name),
        (Comparison::Less, Year) => text::filters::when_before_year(name),
        (Comparison::AtMost, Day) => text::filters::when_to_day(name),
        (Comparison::AtMost, Month) => text::filters::when_to_month(name),
        (Comparison::AtMost, Year) => text::filters::when_to_year(name),
    }
}

/// Returns the name of a period: `2026`, `Jan 2026`, `1 Jan 2026`.
fn name(period: Period) -> String {
    let first = period.first();
    match period.length() {
        PeriodLength::Year => period.to_string(),
        PeriodLength::Month => text::filters::month(month(first.month()), first.year()),
        PeriodLength::Day => day(first),
    }
}

fn month(month: Month) -> &'static str {
    match month {
        Month::January => text::filters::month_1(),
        Month::February => text::filters::month_2(),
        Month::March => text::filters::month_3(),
        Month::April => text::filters::month_4(),
        Month::May => text::filters::month_5(),
        Month::June => text::filters::month_6(),
        Month::July => text::filters::month_7(),
        Month::August => text::filters::month_8(),
        Month::September => text::filters::month_9(),
        Month::October => text::filters::month_10(),
        Month::November => text::filters::month_11(),
        Month::December => text::filters::month_12(),
    }
}
