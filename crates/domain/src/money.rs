//! Amounts of money, without floating-point numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Number of nano-dollars of a dollar.
const DOLLAR: i64 = 1_000_000_000;
/// Maximum number of decimals.
const DECIMALS: usize = 9;

/// An amount of money in billionths of a dollar, written in dollars as decimal text.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
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
}

impl FromStr for Money {
    type Err = NotMoney;

    /// Parses dollars with at most nine decimals, such as `0.0025`.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > DECIMALS {
            return Err(NotMoney);
        }
        let parse = |part: &str| part.parse::<i64>().map_err(|_| NotMoney);
        let nanos = parse(&format!("{decimals:0<DECIMALS$}"))?;
        let amount = parse(whole)?
            .checked_mul(DOLLAR)
            .and_then(|amount| amount.checked_add(nanos))
            .ok_or(NotMoney)?;
        Ok(Self(if is_negative { -amount } else { amount }))
    }
}

impl TryFrom<String> for Money {
    type Error = NotMoney;

    fn try_from(text: String) -> Result<Self, NotMoney> {
        text.parse()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        let dollar = DOLLAR.unsigned_abs();
        let (whole, nanos) = (amount / dollar, amount % dollar);
        let decimals = format!("{nanos:0DECIMALS$}");
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            decimals => write!(f, "{sign}{whole}.{decimals}"),
        }
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, nanos, written) in [
            ("0", 0, "0"),
            ("1", 1_000_000_000, "1"),
            ("0.1", 100_000_000, "0.1"),
            ("0.000000001", 1, "0.000000001"),
            ("12.50", 12_500_000_000, "12.5"),
            ("-0.25", -250_000_000, "-0.25"),
            ("9223372036.854775807", i64::MAX, "9223372036.854775807"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.nanos(), money.to_string()), (nanos, written.into()));
        }
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
            "9223372036.854775808",
            "99999999999999999999",
            "1.2.3",
        ] {
            assert_eq!(text.parse::<Money>(), Err(NotMoney), "{text:?}");
        }
    }
}
