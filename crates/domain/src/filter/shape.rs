//! Comparisons and ranges, which numbers and dates share.

/// A comparison of a column with the typed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `10`
    Is,
    /// `>10`
    Greater,
    /// `>=10`
    AtLeast,
    /// `<10`
    Less,
    /// `<=10`
    AtMost,
}

impl Comparison {
    /// Returns the sign before the value; empty for equality.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Is => "",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
        }
    }
}

/// The outer form of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    /// One value with its comparison.
    Compare(Comparison, &'a str),
    /// A range between two values; `None` is an open end (`*`).
    Range(Option<&'a str>, Option<&'a str>),
}

impl<'a> Shape<'a> {
    /// Splits `value` at its comparison sign or dots. The operands are not parsed yet.
    pub(super) fn of(value: &'a str) -> Self {
        // The longer signs are tried first, since the shorter ones are their prefixes.
        for comparison in [
            Comparison::AtLeast,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::Less,
        ] {
            if let Some(operand) = value.strip_prefix(comparison.sign()) {
                return Shape::Compare(comparison, operand);
            }
        }
        match value.split_once("..") {
            Some((from, until)) => Shape::Range(end(from), end(until)),
            None => Shape::Compare(Comparison::Is, value),
        }
    }
}

fn end(text: &str) -> Option<&str> {
    (text != "*").then_some(text)
}

/// Parses plain decimal digits, without the leading `+` that the standard library accepts.
pub(super) fn digits<N: std::str::FromStr>(text: &str) -> Option<N> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let table = [
            ("10", Shape::Compare(Comparison::Is, "10")),
            (">10", Shape::Compare(Comparison::Greater, "10")),
            (">=10", Shape::Compare(Comparison::AtLeast, "10")),
            ("<10", Shape::Compare(Comparison::Less, "10")),
            ("<=10", Shape::Compare(Comparison::AtMost, "10")),
            ("1..2", Shape::Range(Some("1"), Some("2"))),
            ("*..2", Shape::Range(None, Some("2"))),
            ("1..*", Shape::Range(Some("1"), None)),
            (">1..2", Shape::Compare(Comparison::Greater, "1..2")),
            ("1...2", Shape::Range(Some("1"), Some(".2"))),
        ];
        for (value, shape) in table {
            assert_eq!(Shape::of(value), shape, "{value}");
        }
    }

    #[test]
    fn only_ascii_digits_are_accepted() {
        assert_eq!(digits::<u8>("007"), Some(7));
        for text in ["", "+1", "-1", "1_0", "256", "٣"] {
            assert_eq!(digits::<u8>(text), None, "{text}");
        }
    }
}
