//! Numbers in texts and in fields.

use domain::money::{self, Money};

use super::language::Language;

/// Formats a number with separators between thousands: `1,000,000` in English.
#[must_use]
pub fn grouped(number: u64) -> String {
    grouped_in(super::current(), number)
}

/// Formats a signed number with separators between thousands.
#[must_use]
pub fn signed(number: i64) -> String {
    money::grouped(&number.to_string(), super::current().group_separator())
}

/// Formats dollars with separators between thousands, and with two decimals at least: `1,234.50` in English.
#[must_use]
pub fn decimal(money: Money) -> String {
    decimal_in(super::current(), money)
}

/// Formats dollars in a language.
pub(super) fn decimal_in(language: Language, money: Money) -> String {
    money.written(language.group_separator(), language.decimal_mark())
}

/// Exchanges the point and the mark of the language before decimals: converts the number in a field to the form that programs read, and
/// back. In German `2,50` becomes `2.50`, and `1.500`, which could be meant as a thousand, becomes a text that is no number.
#[must_use]
pub fn exchange_mark(text: &str) -> String {
    exchange_mark_in(super::current(), text)
}

fn exchange_mark_in(language: Language, text: &str) -> String {
    let mark = language.decimal_mark();
    let exchange = |letter| match letter {
        '.' => mark,
        letter if letter == mark => '.',
        letter => letter,
    };
    text.chars().map(exchange).collect()
}

fn grouped_in(language: Language, number: u64) -> String {
    money::grouped(&number.to_string(), language.group_separator())
}

#[cfg(test)]
mod tests {
    use domain::limits::{Decimal, Metric};

    use super::*;

    #[test]
    fn numbers_in_fields_have_the_mark_of_the_language() {
        let parse = |language, typed| {
            let decimal = Decimal::new(exchange_mark_in(language, typed));
            decimal.parse(Metric::Cost).ok()
        };
        let (english, german) = (Language::English, Language::German);
        for (language, typed, nanos) in [
            (english, "2.50", Some(2_500_000_000)),
            (german, "2,50", Some(2_500_000_000)),
            (german, "2", Some(2_000_000_000)),
            (english, "2,50", None),
            (german, "1.500", None),
            (german, "1.500,00", None),
        ] {
            assert_eq!(parse(language, typed), nanos, "{language:?} {typed}");
        }
        assert_eq!(exchange_mark_in(german, "0.25"), "0,25");
        assert_eq!(
            decimal_in(german, Money::from_nanos(1_234_500_000_000)),
            "1.234,50"
        );
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
