//! Amounts: whole numbers, and dollars, parsed from decimal text without floating-point arithmetic.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use utoipa::ToSchema;

use super::{COUNT_MAX, Metric};
use crate::{
    message::{Message, MessageValue},
    messages,
    money::{DECIMALS, Money, parse_decimal},
};

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
        let decimals = if metric == Metric::Cost { DECIMALS } else { 0 };
        parse_decimal(self.0.trim(), decimals)
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
            messages::count_format(Amount::Count(COUNT_MAX))
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
            Metric::Cost => Self::Money(Money::from_nanos(units)),
            _ => Self::Count(units),
        }
    }

    /// Returns the number of units.
    #[must_use]
    pub const fn units(self) -> i64 {
        match self {
            Self::Count(units) => units,
            Self::Money(money) => money.nanos(),
        }
    }
}

impl From<Amount> for MessageValue {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Count(count) => Self::Quantity(count),
            Amount::Money(money) => Self::Money(money),
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
    use super::*;

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
}
