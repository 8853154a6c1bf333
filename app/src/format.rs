//! Formatting of numbers and times.

use domain::{limits::Amount, list::Total, money::Money};
use time::{Date, Month, OffsetDateTime, UtcOffset};

pub(crate) use crate::text::number::grouped;
use crate::text::{
    self,
    number::{decimal, signed},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;
const YEAR: i64 = 365 * DAY;

/// Number of nano-dollars of a cent.
const CENT: i64 = 10_000_000;

/// Formats a total that lists count only up to a limit, such as `10,000+`.
pub(crate) fn total(total: Total) -> String {
    let more = if total.or_more { "+" } else { "" };
    format!("{}{more}", grouped(total.count))
}

/// Formats a signed count from the database. Negative numbers become 0.
pub(crate) fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or_default())
}

/// Formats an amount of money with all its decimals, but two at least: `$1,234.50`.
pub(crate) fn dollars(amount: Money) -> String {
    let written = decimal(amount);
    match written.strip_prefix('-') {
        Some(amount) => format!("-{}", text::usage::dollars(amount)),
        None => text::usage::dollars(written),
    }
}

/// Formats an amount of money for a headline, rounded to cents. An amount below one cent has all its decimals.
pub(crate) fn rounded_dollars(amount: Money) -> String {
    let nanos = amount.nanos();
    if nanos.unsigned_abs() < CENT.unsigned_abs() {
        return dollars(amount);
    }
    let cents = nanos.saturating_add(CENT / 2).div_euclid(CENT);
    dollars(Money::from_nanos(cents.saturating_mul(CENT)))
}

/// Formats a number of requests, tokens or leases, or an amount of money.
pub(crate) fn amount(amount: Amount) -> String {
    match amount {
        Amount::Count(count) => signed(count),
        Amount::Money(dollars) => self::dollars(dollars),
    }
}

/// Formats the time since a timestamp: `2 hours ago`. A timestamp in the future, as clocks may differ, is `just now`.
pub(crate) fn relative(timestamp: OffsetDateTime, now: OffsetDateTime) -> String {
    match span((now - timestamp).whole_seconds()) {
        None => text::time::just_now().to_owned(),
        Some(Span::Minutes(count)) => text::time::minutes_ago(count),
        Some(Span::Hours(count)) => text::time::hours_ago(count),
        Some(Span::Days(count)) => text::time::days_ago(count),
        Some(Span::Months(count)) => text::time::months_ago(count),
        Some(Span::Years(count)) => text::time::years_ago(count),
    }
}

/// Formats the time until a timestamp, rounded: `in 2 hours`. A timestamp in the past, as a job may be late, is `shortly`.
pub(crate) fn upcoming(timestamp: OffsetDateTime, now: OffsetDateTime) -> String {
    match span(rounded((timestamp - now).whole_seconds())) {
        None => text::time::shortly().to_owned(),
        Some(Span::Minutes(count)) => text::time::in_minutes(count),
        Some(Span::Hours(count)) => text::time::in_hours(count),
        Some(Span::Days(count)) => text::time::in_days(count),
        Some(Span::Months(count)) => text::time::in_months(count),
        Some(Span::Years(count)) => text::time::in_years(count),
    }
}

/// Rounds a duration to a multiple of the largest unit that it fills.
fn rounded(seconds: i64) -> i64 {
    let unit = match seconds {
        i64::MIN..MINUTE => return seconds,
        MINUTE..HOUR => MINUTE,
        HOUR..DAY => HOUR,
        DAY..MONTH => DAY,
        MONTH..YEAR => MONTH,
        _ => YEAR,
    };
    seconds.saturating_add(unit / 2) / unit * unit
}

/// Duration in the largest unit that it fills.
enum Span {
    Minutes(u64),
    Hours(u64),
    Days(u64),
    Months(u64),
    Years(u64),
}

/// Converts a duration to the largest unit that it fills. Returns `None` for less than a minute.
fn span(seconds: i64) -> Option<Span> {
    let whole = |unit: i64| u64::try_from(seconds / unit).unwrap_or_default();
    match seconds {
        i64::MIN..MINUTE => None,
        MINUTE..HOUR => Some(Span::Minutes(whole(MINUTE))),
        HOUR..DAY => Some(Span::Hours(whole(HOUR))),
        DAY..MONTH => Some(Span::Days(whole(DAY))),
        MONTH..YEAR => Some(Span::Months(whole(MONTH))),
        _ => Some(Span::Years(whole(YEAR))),
    }
}

/// Formats an exact time at the UTC offset of the viewer's zone: `17 Nov 2026, 12:00`. Without an offset it is in UTC and says so.
pub(crate) fn exact(timestamp: OffsetDateTime, offset: Option<UtcOffset>) -> String {
    match offset {
        Some(offset) => {
            let (date, clock) = parts(timestamp, offset);
            text::time::timestamp(date, clock)
        }
        None => exact_with_offset(timestamp, UtcOffset::UTC),
    }
}

/// Formats an exact time with its UTC offset: `17 Nov 2026, 14:00 UTC+2`.
pub(crate) fn exact_with_offset(timestamp: OffsetDateTime, offset: UtcOffset) -> String {
    let (date, clock) = parts(timestamp, offset);
    text::time::timestamp_zone(date, clock, offset_name(offset))
}

/// Formats the date and the time of day.
fn parts(timestamp: OffsetDateTime, offset: UtcOffset) -> (String, String) {
    // Some times at the ends of the years that the type can hold have no form at another offset.
    let local = timestamp.checked_to_offset(offset).unwrap_or(timestamp);
    let clock = format!("{:02}:{:02}", local.hour(), local.minute());
    (date(local.date()), clock)
}

/// Formats an offset: `UTC`, `UTC+5:45`, `UTC-3`.
fn offset_name(offset: UtcOffset) -> String {
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    match (hours.abs(), minutes.abs()) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// Formats a date in UTC: `17 Nov 2026`.
pub(crate) fn day(timestamp: OffsetDateTime) -> String {
    date(timestamp.to_offset(UtcOffset::UTC).date())
}

fn date(date: Date) -> String {
    let (year, month, day) = date.to_calendar_date();
    text::time::date(day, month_name(month), year)
}

fn month_name(month: Month) -> &'static str {
    match month {
        Month::January => text::time::january(),
        Month::February => text::time::february(),
        Month::March => text::time::march(),
        Month::April => text::time::april(),
        Month::May => text::time::may(),
        Month::June => text::time::june(),
        Month::July => text::time::july(),
        Month::August => text::time::august(),
        Month::September => text::time::september(),
        Month::October => text::time::october(),
        Month::November => text::time::november(),
        Month::December => text::time::december(),
    }
}

/// Returns the initials of the first and the last word of a name, for an avatar. The style sheet displays them in upper case, so that
/// the browser loads no table of letters.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).collect()
}

#[cfg(test)]
mod tests {
    use time::{
        Duration,
        macros::{datetime, offset},
    };

    use super::*;

    #[test]
    fn money_has_at_least_two_decimals() {
        for (dollars, text) in [
            ("0", "$0.00"),
            ("5", "$5.00"),
            ("-1234.5", "-$1,234.50"),
            ("0.0025", "$0.0025"),
            ("9223372036.854775807", "$9,223,372,036.854775807"),
        ] {
            let dollars: Money = dollars.parse().unwrap();
            assert_eq!(super::dollars(dollars), text);
            assert_eq!(amount(Amount::Money(dollars)), text);
        }
        assert_eq!(amount(Amount::Count(-12_000)), "-12,000");
    }

    #[test]
    fn money_in_headlines_is_rounded_to_cents() {
        for (dollars, text) in [
            ("0", "$0.00"),
            ("0.0025", "$0.0025"),
            ("85.1614625", "$85.16"),
            ("1.995", "$2.00"),
            ("-1.5", "-$1.50"),
            ("9223372036.854775807", "$9,223,372,036.85"),
        ] {
            let dollars: Money = dollars.parse().unwrap();
            assert_eq!(rounded_dollars(dollars), text);
        }
    }

    #[test]
    fn times_are_relative_to_now() {
        let now = datetime!(2026-11-21 12:00 UTC);
        for (ago, text) in [
            (Duration::seconds(-90), "just now"),
            (Duration::seconds(59), "just now"),
            (Duration::seconds(60), "1 minute ago"),
            (Duration::minutes(59), "59 minutes ago"),
            (Duration::hours(23), "23 hours ago"),
            (Duration::days(1), "1 day ago"),
            (Duration::days(29), "29 days ago"),
            (Duration::days(364), "12 months ago"),
            (Duration::days(800), "2 years ago"),
        ] {
            assert_eq!(relative(now - ago, now), text);
        }
        for (ahead, text) in [
            (Duration::minutes(-5), "shortly"),
            (Duration::seconds(59), "shortly"),
            (Duration::hours(1), "in 1 hour"),
            (Duration::days(29), "in 29 days"),
            (Duration::minutes(60) - Duration::SECOND, "in 1 hour"),
            (Duration::days(7) - Duration::MINUTE, "in 7 days"),
            (Duration::days(7) - Duration::hours(13), "in 6 days"),
            (Duration::days(90) - Duration::MINUTE, "in 3 months"),
        ] {
            assert_eq!(upcoming(now + ahead, now), text);
        }
        assert_eq!(exact(now, None), "21 Nov 2026, 12:00 UTC");
        assert_eq!(day(datetime!(2026-03-01 0:30 +1)), "28 Feb 2026", "in UTC");
    }

    #[test]
    fn exact_times_are_at_an_offset() {
        let at = datetime!(2026-11-28 20:13:16.223262 UTC);
        for (offset, short, long) in [
            (offset!(+0), "28 Nov 2026, 20:13", "28 Nov 2026, 20:13 UTC"),
            (
                offset!(+5:45),
                "29 Nov 2026, 01:58",
                "29 Nov 2026, 01:58 UTC+5:45",
            ),
            (
                offset!(-3),
                "28 Nov 2026, 17:13",
                "28 Nov 2026, 17:13 UTC-3",
            ),
            (
                offset!(-3:30),
                "28 Nov 2026, 16:43",
                "28 Nov 2026, 16:43 UTC-3:30",
            ),
        ] {
            assert_eq!(exact(at, Some(offset)), short);
            assert_eq!(exact_with_offset(at, offset), long);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn times_are_in_the_language_of_the_page() {
        use crate::text::{language::Language, request::sync_scope};

        let now = datetime!(2026-11-28 12:00 UTC);
        sync_scope(Language::German, || {
            for (ago, text) in [
                (Duration::seconds(59), "gerade eben"),
                (Duration::minutes(3), "vor 3 Minuten"),
                (Duration::hours(1), "vor 1 Stunde"),
                (Duration::days(2), "vor 2 Tagen"),
                (Duration::days(40), "vor 1 Monat"),
                (Duration::days(800), "vor 2 Jahren"),
            ] {
                assert_eq!(relative(now - ago, now), text);
            }
            assert_eq!(dollars(Money::from_nanos(1_234_500_000_000)), "1.234,50 $");
            assert_eq!(upcoming(now, now), "in Kürze");
            assert_eq!(upcoming(now + Duration::days(1), now), "in 1 Tag");
            assert_eq!(exact(now, None), "28. Nov. 2026, 12:00 UTC");
            assert_eq!(day(datetime!(2027-03-01 12:00 UTC)), "1. März 2027");
        });
    }

    #[test]
    fn initials_support_many_scripts() {
        for (name, text) in [
            ("Ada Lovelace", "AL"),
            ("José María de la Cruz", "JC"),
            ("cher", "c"),
            ("王伟", "王"),
            ("(Дмитрий) Иванов", "ДИ"),
            ("---", ""),
        ] {
            assert_eq!(initials(name), text, "{name}");
        }
    }
}
