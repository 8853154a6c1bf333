//! Skewed distribution of owned data over owners: most have a little, a few have a lot.

/// Total that is distributed over owners by rank. The shares add up to the total.
///
/// The richest fraction x of the owners has `1 - (1 - √x)^p` of the total: a curve of square roots and products only, which
/// every machine computes to the same bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    whole: u64,
    owners: u64,
    doublings: u32,
}

impl Shares {
    /// Creates a skewed distribution (p = 2): the richest tenth has half, the poorer half a twelfth.
    pub(super) const fn skewed(whole: u64, owners: u64) -> Self {
        Self {
            whole,
            owners,
            doublings: 1,
        }
    }

    /// Creates a strongly skewed distribution (p = 8): the richest hundredth has more than half.
    pub(super) const fn strongly_skewed(whole: u64, owners: u64) -> Self {
        Self {
            whole,
            owners,
            doublings: 3,
        }
    }

    /// Returns the share of an owner; rank 0 is the richest.
    pub(super) fn of(&self, rank: u64) -> u64 {
        self.of_richest(rank + 1) - self.of_richest(rank)
    }

    fn of_richest(&self, count: u64) -> u64 {
        if count >= self.owners {
            return self.whole;
        }
        let mut rest = 1.0 - (count as f64 / self.owners as f64).sqrt();
        for _ in 0..self.doublings {
            rest *= rest;
        }
        (self.whole as f64 * (1.0 - rest)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        for (whole, owners) in [(0, 10), (1, 1), (7, 3), (3, 7), (2_000, 1_000), (50, 1)] {
            for shares in [
                Shares::skewed(whole, owners),
                Shares::strongly_skewed(whole, owners),
            ] {
                assert_eq!((0..owners).map(|rank| shares.of(rank)).sum::<u64>(), whole);
            }
        }
    }

    #[test]
    fn few_own_most() {
        let shares = Shares::skewed(2_000_000, 1_000_000);
        assert!((3_900..4_000).contains(&shares.of(0)), "{}", shares.of(0));
        assert!(shares.of(500_000) <= 1);
        let richest: u64 = (0..10_000)
            .map(|rank| Shares::strongly_skewed(1_000_000, 1_000_000).of(rank))
            .sum();
        assert!(richest > 500_000, "{richest}");
    }
}
