//! A target and whether it was reached.

use std::fmt::{self, Display, Formatter};

/// A target with all values that were measured for it.
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) limit: Limit,
    pub(super) unit: &'static str,
    /// Name and value of each measurement.
    pub(super) measured: Vec<(String, f64)>,
}

#[derive(Clone, Copy)]
pub(super) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Limit {
    fn allows(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    /// Returns a key that is larger the worse the value is.
    fn badness(self, value: f64) -> f64 {
        match self {
            Self::AtMost(_) => value,
            Self::AtLeast(_) => -value,
        }
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "≤ {limit}"),
            Self::AtLeast(limit) => write!(f, "≥ {limit}"),
        }
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            limit,
            unit,
            measured,
        } = self;
        let mut worst_first: Vec<&(String, f64)> = measured.iter().collect();
        worst_first.sort_by(|(_, a), (_, b)| limit.badness(*b).total_cmp(&limit.badness(*a)));
        let Some((name, value)) = worst_first.first() else {
            return write!(f, "not measured: {what} {limit} {unit}");
        };
        if limit.allows(*value) {
            let worst = if measured.len() > 1 { "at worst " } else { "" };
            return write!(
                f,
                "reached: {what} {limit} {unit}: {worst}{} ({name})",
                number(*value)
            );
        }
        let missed: Vec<_> = worst_first
            .iter()
            .filter(|(_, value)| !limit.allows(*value))
            .map(|(name, value)| format!("{} ({name})", number(*value)))
            .collect();
        write!(
            f,
            "missed by {} of {}: {what} {limit} {unit}: {}",
            missed.len(),
            measured.len(),
            missed.join(", ")
        )
    }
}

/// Formats counts as integers and everything else with two decimals.
fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        value.to_string()
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(limit: Limit, measured: &[(&str, f64)]) -> String {
        let measured = measured
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        Figure {
            what: "x".to_owned(),
            limit,
            unit: "ms",
            measured,
        }
        .to_string()
    }

    #[test]
    fn worst_value_is_named() {
        let measured = [("a", 1.0), ("b", 8.0)];
        assert_eq!(
            figure(Limit::AtMost(8.0), &measured),
            "reached: x ≤ 8 ms: at worst 8 (b)"
        );
        assert_eq!(
            figure(Limit::AtLeast(0.5), &measured),
            "reached: x ≥ 0.5 ms: at worst 1 (a)"
        );
    }

    #[test]
    fn every_missed_limit_is_named() {
        assert_eq!(
            figure(Limit::AtMost(2.0), &[("a", 3.0), ("b", 1.0), ("c", 4.125)]),
            "missed by 2 of 3: x ≤ 2 ms: 4.12 (c), 3 (a)"
        );
        assert_eq!(
            figure(Limit::AtLeast(2.0), &[("a", 3.0), ("b", 1.0)]),
            "missed by 1 of 2: x ≥ 2 ms: 1 (b)"
        );
    }

    #[test]
    fn unmeasured_limit_is_missed() {
        assert_eq!(figure(Limit::AtMost(2.0), &[]), "not measured: x ≤ 2 ms");
    }
}
