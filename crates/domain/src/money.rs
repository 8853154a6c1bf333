//! Amounts of money, without floating-point numbers.

use std::{fmt, iter::repeat_n, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;

/// Number of nano-dollars of a dollar.
const DOLLAR: u64 = 1_000_000_000;
/// Maximum number of decimals of dollars.
pub(crate) const DECIMALS: usize = 9;
/// Maximum number of characters of a number. No amount in the range needs more.
const CHARACTERS_MAX: usize = 400;

/// An amount of money in billionths of a dollar, written in dollars as decimal text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String)]
pub struct Money(i64);

/// Error of a text that is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotMoney;

impl fmt::Display for NotMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the format is wrong")
    }
}

impl std::error::Error for NotMoney {}

impl Money {
    /// Creates an amount of billionths of a dollar.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Returns the amount in billionths of a dollar.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Returns the amount in dollars with a separator between thousands, and with a mark before all its decimals, but two at least.
    #[must_use]
    pub fn written(self, separator: char, mark: char) -> String {
        let text = self.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((text.as_str(), ""));
        let whole = grouped(whole, separator);
        format!("{whole}{mark}{decimals:0<2}")
    }
}

/// Returns the text of a whole number, which can be negative, with a separator between thousands.
#[must_use]
pub fn grouped(number: &str, separator: char) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

impl FromStr for Money {
    type Err = NotMoney;

    /// Parses dollars with at most nine decimals, such as `0.0025`.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        parse_decimal(text, DECIMALS).map(Self).ok_or(NotMoney)
    }
}

/// Parses a decimal number with at most a number of decimals besides zeros, in units of the last one. `None` for any other text and
/// outside of the range.
pub(crate) fn parse_decimal(text: &str, decimals: usize) -> Option<i64> {
    if text.len() > CHARACTERS_MAX {
        return None;
    }
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let significant = fraction.trim_end_matches('0');
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let zeros = decimals.checked_sub(significant.len())?;
    let digits = whole.bytes().chain(significant.bytes());
    let mut digits = digits.chain(repeat_n(b'0', zeros));
    let value = digits.try_fold(0_i64, |value, digit| {
        let digit = i64::from(digit - b'0');
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some(if is_negative { -value } else { value })
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        let (whole, nanos) = (amount / DOLLAR, amount % DOLLAR);
        let decimals = format!("{nanos:0DECIMALS$}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            decimals => write!(f, "{sign}{whole}.{decimals}"),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, nanos, written) in [
            ("0", 0, "0"),
            ("1", 1_000_000_000, "1"),
            ("0.1", 100_000_000, "0.1"),
            ("0.000000001", 1, "0.000000001"),
            ("12.50", 12_500_000_000, "12.5"),
            ("1.0000000000", 1_000_000_000, "1"),
            ("-0.25", -250_000_000, "-0.25"),
            ("9223372036.854775807", i64::MAX, "9223372036.854775807"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.nanos(), money.to_string()), (nanos, written.into()));
        }
    }

    #[test]
    fn amounts_are_written_with_the_marks_of_a_language() {
        for (nanos, english, german) in [
            (0, "0.00", "0,00"),
            (300_000_000, "0.30", "0,30"),
            (-1_234_000_000_001, "-1,234.000000001", "-1.234,000000001"),
        ] {
            let money = Money::from_nanos(nanos);
            assert_eq!(money.written(',', '.'), english);
            assert_eq!(money.written('.', ','), german);
        }
        assert_eq!(grouped("-1234567", ','), "-1,234,567");
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1e9",
            "NaN",
            "inf",
            "+1",
            "--1",
            "1,5",
            " 1",
            "0.0000000001",
            "0.12345678901234567890",
            "9223372036.854775808",
            "99999999999999999999",
            "1.2.3",
            "٣",
        ] {
            assert_eq!(text.parse::<Money>(), Err(NotMoney), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn text_of_an_amount_is_parsed_back(nanos in -i64::MAX..=i64::MAX) {
            let money = Money::from_nanos(nanos);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }
    }
}
