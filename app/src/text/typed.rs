//! Amounts and days in filters: as users type them in the language of the page, and as programs write them.

use time::{Date, Month};

use super::language::Language;

/// Returns the number that a user has typed, as programs write it: `0,5` in German is `0.5`. `None` for a text such as `1.500`
/// in German, whose point can be a separator of thousands or a decimal mark.
#[must_use]
pub fn number(text: &str) -> Option<String> {
    number_in(super::current(), text.trim())
}

/// Returns the day that a user has typed, as programs write it: `31.12.2026` in German is `2026-12-31`. Another text stays as
/// it is.
#[must_use]
pub fn day(text: &str) -> String {
    day_in(super::current(), text)
}

fn number_in(language: Language, text: &str) -> Option<String> {
    let mark = language.decimal_mark();
    // Programs write the same mark, and no separators.
    if mark == '.' {
        return Some(text.to_owned());
    }
    let (whole, decimals) = match text.split_once(mark) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let groups: Vec<&str> = whole.split(language.group_separator()).collect();
    match (decimals, is_grouped(&groups)) {
        (Some(decimals), true) => Some(format!("{}.{decimals}", groups.concat())),
        (Some(decimals), false) => Some(format!("{whole}.{decimals}")),
        (None, true) => (groups.len() > 2).then(|| groups.concat()),
        (None, false) => Some(whole.to_owned()),
    }
}

/// Returns whether the parts between separators are those of a number with groups of three digits.
fn is_grouped(parts: &[&str]) -> bool {
    let Some((first, others)) = parts.split_first() else {
        return false;
    };
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = (1..=3).contains(&first.len()) && !first.starts_with('0') && is_number(first);
    let is_group = |part: &&str| part.len() == 3 && is_number(part);
    is_first && !others.is_empty() && others.iter().all(is_group)
}

fn day_in(language: Language, text: &str) -> String {
    let date = language
        .date_separator()
        .and_then(|separator| date(text.trim(), separator));
    date.map_or_else(|| text.to_owned(), |date| date.to_string())
}

/// Parses a day, a month and a year of four digits.
fn date(text: &str, separator: char) -> Option<Date> {
    let parts: Vec<&str> = text.split(separator).collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let [day, month, year] = <[&str; 3]>::try_from(parts).ok()?;
    if year.len() != 4 || ![day, month, year].iter().all(is_number) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_mark_of_the_language_or_an_unambiguous_point() {
        let german = |text| number_in(Language::German, text);
        for (typed, plain) in [
            ("0,5", Some("0.5")),
            ("0.5", Some("0.5")),
            ("0.125", Some("0.125")),
            ("12.5", Some("12.5")),
            ("2", Some("2")),
            ("1.500", None),
            ("1.500,25", Some("1500.25")),
            ("1.500.000", Some("1500000")),
            ("1.5,25", Some("1.5.25")),
            ("x", Some("x")),
        ] {
            assert_eq!(german(typed).as_deref(), plain, "{typed}");
        }
        for typed in ["0.5", "1.500", "0,5"] {
            let english = number_in(Language::English, typed);
            assert_eq!(english.as_deref(), Some(typed));
        }
    }

    #[test]
    fn days_have_the_order_of_the_language() {
        for (typed, plain) in [
            ("31.12.2026", "2026-12-31"),
            (" 1.2.2026 ", "2026-02-01"),
            ("2026-12-31", "2026-12-31"),
            ("31.02.2026", "31.02.2026"),
            ("1.2.26", "1.2.26"),
            ("+1.2.2026", "+1.2.2026"),
            ("7d", "7d"),
        ] {
            assert_eq!(day_in(Language::German, typed), plain, "{typed}");
            assert_eq!(day_in(Language::English, typed), typed, "{typed}");
        }
    }
}
