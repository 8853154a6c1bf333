//! Conditions on what users spend and have left.

use std::fmt;

use super::error::shown;
use super::shape::{Comparison, Shape};
use super::{Field, FilterErrorKind};
use crate::money::Money;

/// A condition on an amount of money, as typed. Amounts are not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendRange {
    /// The amount compares in this way with another.
    Compare(Comparison, Money),
    /// The amount is between both, which are included; an end that is `None` is open.
    Between(Option<Money>, Option<Money>),
}

impl SpendRange {
    /// Returns the smallest and the largest amount that match; an end that is `None` is open. A range without any amount ends before zero.
    #[must_use]
    pub fn bounds(&self) -> (Option<Money>, Option<Money>) {
        let moved = |amount: Money, nanos: i64| {
            Some(Money::from_nanos(amount.nanos().saturating_add(nanos)))
        };
        match *self {
            Self::Between(min, max) => (min, max),
            Self::Compare(Comparison::Is, amount) => (Some(amount), Some(amount)),
            Self::Compare(Comparison::AtLeast, amount) => (Some(amount), None),
            Self::Compare(Comparison::AtMost, amount) => (None, Some(amount)),
            Self::Compare(Comparison::Greater, amount) => (moved(amount, 1), None),
            Self::Compare(Comparison::Less, amount) => (None, moved(amount, -1)),
        }
    }
}

impl fmt::Display for SpendRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison, amount) => write!(out, "{}{amount}", comparison.sign()),
            Self::Between(min, max) => {
                write_end(*min, out)?;
                out.write_str("..")?;
                write_end(*max, out)
            }
        }
    }
}

fn write_end(end: Option<Money>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match end {
        Some(amount) => write!(out, "{amount}"),
        None => out.write_str("*"),
    }
}

/// Parses the value of `spend:`.
pub(super) fn spend(value: &str) -> Result<SpendRange, FilterErrorKind> {
    let read = |text: &str| {
        let amount = text.parse::<Money>().ok();
        let amount = amount.filter(|amount| amount.nanos() >= 0);
        amount.ok_or_else(|| FilterErrorKind::NotMoney { word: shown(value) })
    };
    match Shape::of(value) {
        Shape::Compare(comparison, text) => Ok(SpendRange::Compare(comparison, read(text)?)),
        Shape::Range(None, None) => Err(FilterErrorKind::OpenRange),
        Shape::Range(min, max) => match (min.map(read).transpose()?, max.map(read).transpose()?) {
            (Some(min), Some(max)) if min > max => Err(FilterErrorKind::BackwardRange),
            (min, max) => Ok(SpendRange::Between(min, max)),
        },
    }
}

/// A limit that a user has used up. It is about all models together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// The limit of the cost.
    Budget,
    /// The limit of the requests.
    Requests,
}

impl OverLimit {
    /// Every limit.
    pub(super) const ALL: [Self; 2] = [Self::Budget, Self::Requests];

    /// Returns its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Requests => "requests",
        }
    }
}

/// Parses the value of `over:`.
pub(super) fn over(value: &str) -> Result<OverLimit, FilterErrorKind> {
    let mut all = OverLimit::ALL.into_iter();
    let found = all.find(|limit| limit.name().eq_ignore_ascii_case(value));
    found.ok_or_else(|| FilterErrorKind::UnknownValue {
        field: Field::Over,
        word: shown(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_exactly() {
        for (value, min, max) in [
            ("5", Some(5_000_000_000), Some(5_000_000_000)),
            (">5", Some(5_000_000_001), None),
            (">=0.5", Some(500_000_000), None),
            ("<0.5", None, Some(499_999_999)),
            ("<=0.000000001", None, Some(1)),
            ("<0", None, Some(-1)),
            ("1..2.5", Some(1_000_000_000), Some(2_500_000_000)),
            ("*..1", None, Some(1_000_000_000)),
            ("1..*", Some(1_000_000_000), None),
        ] {
            let range = spend(value).unwrap();
            let (least, most) = range.bounds();
            let found = (least.map(Money::nanos), most.map(Money::nanos));
            assert_eq!(found, (min, max), "{value}");
            assert_eq!(range.to_string(), value);
        }
        assert_eq!(spend("5.50").unwrap().to_string(), "5.5");
    }

    #[test]
    fn other_amounts_are_rejected() {
        for value in [
            "",
            "x",
            "-1",
            "$5",
            "1,5",
            ">",
            "..",
            "1..",
            "1..x",
            "0.0000000001",
        ] {
            let kind = FilterErrorKind::NotMoney {
                word: value.to_owned(),
            };
            assert_eq!(spend(value), Err(kind), "{value}");
        }
        assert_eq!(spend("*..*"), Err(FilterErrorKind::OpenRange));
        assert_eq!(spend("2..1"), Err(FilterErrorKind::BackwardRange));
    }

    #[test]
    fn limits_are_parsed_in_any_case() {
        for limit in OverLimit::ALL {
            assert_eq!(over(&limit.name().to_uppercase()), Ok(limit));
        }
        let error = over("tokens").map_err(|kind| kind.to_string());
        let message = "\"over\" cannot be \"tokens\". Use budget or requests.";
        assert_eq!(error, Err(message.to_owned()));
    }
}
