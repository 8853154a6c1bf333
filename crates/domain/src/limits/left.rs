//! What is left of all limits of a metric together.

use serde::{Deserialize, Serialize};

/// Amount that a user has left of a metric, by all limits in force for all models together. The smallest one decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// Amount in the units of the metric. It is 0 if more was used than permitted.
    Amount(i64),
    /// All limits are unlimited.
    Unlimited,
    /// There is no limit.
    #[default]
    NoLimit,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_amount_decides() {
        let all = [
            Left::NoLimit,
            Left::Unlimited,
            Left::Amount(2),
            Left::Amount(0),
        ];
        assert_eq!(all.into_iter().min(), Some(Left::Amount(0)));
        assert_eq!(Left::Unlimited.min(Left::NoLimit), Left::Unlimited);
    }
}
