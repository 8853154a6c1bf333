//! Amounts: whole numbers, and dollars with nine decimal places, parsed from decimal text without floating-point arithmetic.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use utoipa::ToSchema;

use super::{COUNT_MAX, Metric};
use crate::{message::Message, messages};

/// Number of decimal places.
const PLACES: usize = 9;
/// Number of 1e-9 dollars in a dollar.
const DOLLAR: i64 = 1_000_000_000;
/// Maximum number of characters of a number. More are needed by no amount in the range.
const DIGITS_MAX: usize = 400;

/// An amount of dollars, in units of 1e-9 dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String)]
pub struct Money(pub i64);

impl fmt::Display for Money {
    /// Writes the dollars without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        let (dollars, rest) = (nanos / DOLLAR.unsigned_abs(), nanos % DOLLAR.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(f, "{sign}{dollars}");
        }
        let places = format!("{rest:0PLACES$}");
        write!(f, "{sign}{dollars}.{}", places.trim_end_matches('0'))
    }
}

impl FromStr for Money {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        parse(text, PLACES)
            .map(Self)
            .ok_or_else(messages::money_format)
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

/// Parses a decimal number with at most a number of decimal places, in units of the last one. `None` for any other text and outside of
/// the range.
fn parse(text: &str, places: usize) -> Option<i64> {
    let text = text.trim();
    if text.len() > DIGITS_MAX {
        return None;
    }
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_end = fraction.trim_end_matches('0');
    if !is_number(whole) || !is_number(fraction) || fraction_end.len() > places {
        return None;
    }
    let zeros = places - fraction_end.len();
    let digits = whole.bytes().chain(fraction_end.bytes());
    let digits = digits.chain(std::iter::repeat_n(b'0', zeros));
    let value = digits.into_iter().try_fold(0_i64, |value, digit| {
        let digit = i64::from(digit - b'0');
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some(if is_negative { -value } else { value })
}

/// An amount as a program or a form sends it: a number, or its decimal text. Its format depends on the metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

/// A number, or its decimal text.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Decimal)]
#[expect(dead_code, reason = "only its schema is used, as that of `Decimal`")]
pub(crate) enum DecimalSchema {
    /// A number.
    Number(f64),
    /// The text of a number.
    Text(String),
}

impl Decimal {
    /// Wraps a text, which is not checked.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Parses an amount of a metric that is not negative, in its units.
    ///
    /// # Errors
    /// A message about the format and the range.
    pub fn parse(&self, metric: Metric) -> Result<i64, Message> {
        let parsed = self.parse_signed(metric)?;
        if parsed < 0 {
            return Err(Self::message(metric));
        }
        Ok(parsed)
    }

    /// Parses an amount of a metric, in its units.
    ///
    /// # Errors
    /// A message about the format and the range.
    pub fn parse_signed(&self, metric: Metric) -> Result<i64, Message> {
        let places = if metric == Metric::Cost { PLACES } else { 0 };
        parse(&self.0, places)
            .filter(|value| {
                value
                    .checked_abs()
                    .is_some_and(|value| value <= metric.max())
            })
            .ok_or_else(|| Self::message(metric))
    }

    fn message(metric: Metric) -> Message {
        if metric == Metric::Cost {
            messages::money_format()
        } else {
            messages::count_format(COUNT_MAX)
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }
}

/// Visitor for a number or a text. A number with a fraction has the shortest text that stands for it, so it is the one that was sent.
struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a decimal text")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Decimal, E> {
        Ok(Decimal(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Decimal, E> {
        Ok(Decimal(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Decimal, E> {
        Ok(Decimal(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        Ok(Decimal(text.to_owned()))
    }
}

/// A stored amount: a number, or dollars as a decimal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Amount {
    /// Requests, tokens or leases.
    Count(i64),
    /// Dollars.
    Money(Money),
}

impl Amount {
    /// Returns an amount of a metric in its units.
    #[must_use]
    pub const fn of(metric: Metric, units: i64) -> Self {
        match metric {
            Metric::Cost => Self::Money(Money(units)),
            _ => Self::Count(units),
        }
    }

    /// Returns the number of units.
    #[must_use]
    pub const fn units(self) -> i64 {
        match self {
            Self::Count(units) | Self::Money(Money(units)) => units,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Money(money) => money.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dollars_are_parsed_to_the_last_place() {
        for (text, nanos) in [
            ("0", Some(0)),
            ("1", Some(1_000_000_000)),
            ("0.000000001", Some(1)),
            ("12.50", Some(12_500_000_000)),
            ("-0.5", Some(-500_000_000)),
            ("1.0000000000", Some(1_000_000_000)),
            ("9223372036.854775807", Some(i64::MAX)),
            ("9223372036.854775808", None),
            ("0.0000000001", None),
            ("0.12345678901234567890", None),
            ("", None),
            (".", None),
            (".5", None),
            ("1.", None),
            ("+1", None),
            ("1e3", None),
            ("NaN", None),
            ("inf", None),
            ("1,5", None),
            ("--1", None),
            ("٣", None),
        ] {
            assert_eq!(
                text.parse::<Money>().ok().map(|money| money.0),
                nanos,
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_are_taken_as_they_are_sent() {
        for (json, metric, units) in [
            ("0", Metric::Requests, Some(0)),
            ("7", Metric::Requests, Some(7)),
            ("7.0", Metric::Requests, Some(7)),
            ("\"7\"", Metric::Tokens, Some(7)),
            ("7.5", Metric::Requests, None),
            ("-1", Metric::Requests, None),
            ("1000000000000001", Metric::Requests, None),
            ("0.1", Metric::Cost, Some(100_000_000)),
            ("1e-9", Metric::Cost, Some(1)),
            ("1e-10", Metric::Cost, None),
            ("1e300", Metric::Cost, None),
            ("\"1e3\"", Metric::Cost, None),
        ] {
            let decimal: Decimal = serde_json::from_str(json).unwrap();
            assert_eq!(decimal.parse(metric).ok(), units, "{json}");
        }
        for json in ["1e400", "null", "true", "[]", "NaN"] {
            assert!(serde_json::from_str::<Decimal>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn amounts_have_one_form_for_each_kind() {
        for (amount, json) in [
            (Amount::of(Metric::Requests, 7), "7"),
            (Amount::of(Metric::Cost, 1_500_000_000), "\"1.5\""),
        ] {
            assert_eq!(serde_json::to_string(&amount).unwrap(), json);
            assert_eq!(serde_json::from_str::<Amount>(json).unwrap(), amount);
        }
    }

    proptest! {
        #[test]
        fn text_of_an_amount_is_parsed_back(nanos in -i64::MAX..=i64::MAX) {
            let text = Money(nanos).to_string();
            prop_assert_eq!(text.parse::<Money>().ok(), Some(Money(nanos)));
        }
    }
}
