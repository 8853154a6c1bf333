//! Formatting of numbers and times.

use domain::list::Total;
pub(crate) use domain::text::grouped;
use time::{OffsetDateTime, macros::format_description};

pub(crate) use crate::text::number::grouped;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;
const YEAR: i64 = 365 * DAY;

/// Formats a total that lists count only up to a limit, such as `10,000+`.
pub(crate) fn total(total: Total) -> String {
    let more = if total.or_more { "+" } else { "" };
    format!("{}{more}", grouped(total.count))
}

/// Formats a signed count from the database. Negative numbers become 0.
pub(crate) fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or_default())
}

/// Formats the time since a timestamp: `2 hours ago`. A timestamp in the future, as clocks may differ, is `just now`.
pub(crate) fn relative(timestamp: OffsetDateTime, now: OffsetDateTime) -> String {
    match span((now - timestamp).whole_seconds()) {
        Some(span) => format!("{span} ago"),
        None => "just now".to_owned(),
    }
}

/// Formats the time until a timestamp: `in 2 hours`. A timestamp in the past, as a job may be late, is `shortly`.
pub(crate) fn upcoming(timestamp: OffsetDateTime, now: OffsetDateTime) -> String {
    match span((timestamp - now).whole_seconds()) {
        Some(span) => format!("in {span}"),
        None => "shortly".to_owned(),
    }
}

/// Formats a duration in the largest unit that it fills: `2 hours`. Returns `None` for less than a minute.
fn span(seconds: i64) -> Option<String> {
    let (number, unit) = match seconds {
        i64::MIN..MINUTE => return None,
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        DAY..MONTH => (seconds / DAY, "day"),
        MONTH..YEAR => (seconds / MONTH, "month"),
        _ => (seconds / YEAR, "year"),
    };
    let plural = if number == 1 { "" } else { "s" };
    Some(format!("{number} {unit}{plural}"))
}

/// Formats an exact time in UTC: `17 November 2026, 12:00:00 UTC`.
pub(crate) fn exact(timestamp: OffsetDateTime) -> String {
    let form = format_description!(
        "[day padding:none] [month repr:long] [year], [hour]:[minute]:[second] UTC"
    );
    timestamp
        .to_offset(time::UtcOffset::UTC)
        .format(form)
        .unwrap_or_default()
}

/// Formats a date in UTC: `17 November 2026`.
pub(crate) fn day(timestamp: OffsetDateTime) -> String {
    let form = format_description!("[day padding:none] [month repr:long] [year]");
    timestamp
        .to_offset(time::UtcOffset::UTC)
        .format(form)
        .unwrap_or_default()
}

/// Returns the initials of the first and the last word of a name, for an avatar.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first
        .into_iter()
        .chain(words.next_back())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Capitalises the first character: `Admin`.
pub(crate) fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

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
        ] {
            assert_eq!(upcoming(now + ahead, now), text);
        }
        assert_eq!(exact(now), "21 November 2026, 12:00:00 UTC");
    }

    #[test]
    fn initials_support_many_scripts() {
        for (name, text) in [
            ("Ada Lovelace", "AL"),
            ("José María de la Cruz", "JC"),
            ("cher", "C"),
            ("王伟", "王"),
            ("(Дмитрий) Иванов", "ДИ"),
            ("---", ""),
        ] {
            assert_eq!(initials(name), text, "{name}");
        }
    }
}
