//! Numbers in texts.

use super::language::Language;

/// Formats a number with separators between thousands: `1,000,000` in English.
#[must_use]
pub fn grouped(number: u64) -> String {
    grouped_in(super::current(), number)
}

/// Returns the mark before the decimals of a number: a point in English.
#[must_use]
pub fn decimal_mark() -> char {
    super::current().decimal_mark()
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

#[cfg(test)]
mod tests {
    use super::*;

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
