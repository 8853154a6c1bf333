//! Numbers in texts.

use super::language::Language;

/// Formats a number with separators between thousands: `1,000,000` in English.
#[must_use]
pub fn grouped(number: u64) -> String {
    grouped_in(super::current(), number)
}

fn grouped_in(language: Language, number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(language.group_separator());
        }
        text.push(digit);
    }
    text
}

/// Formats a decimal number, as programs write it, with all its decimals: `1,234.0025` in English.
#[must_use]
pub fn decimal(number: &str) -> String {
    decimal_in(super::current(), number)
}

fn decimal_in(language: Language, number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = grouped_in(language, whole.parse().unwrap_or_default());
    match decimals {
        "" => format!("{sign}{whole}"),
        decimals => format!("{sign}{whole}{}{decimals}", language.decimal_separator()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_the_separator_of_the_language() {
        for (number, english, german) in [
            ("0", "0", "0"),
            ("0.0025", "0.0025", "0,0025"),
            ("1234.5", "1,234.5", "1.234,5"),
            ("-0.000000001", "-0.000000001", "-0,000000001"),
        ] {
            assert_eq!(decimal_in(Language::English, number), english);
            assert_eq!(decimal_in(Language::German, number), german);
        }
    }

    #[test]
    fn digits_are_grouped_in_threes() {
        for (number, english, german) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (10_000, "10,000", "10.000"),
            (1_000_000, "1,000,000", "1.000.000"),
        ] {
            assert_eq!(grouped_in(Language::English, number), english);
            assert_eq!(grouped_in(Language::German, number), german);
        }
    }
}
