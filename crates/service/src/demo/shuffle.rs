//! Pseudorandom permutation without a list of its values.

/// Permutation of `0..size`: a Feistel network over the smallest square that is not below `size`, repeated until the value
/// is within it (cycle walking).
#[derive(Debug, Clone)]
pub(super) struct Shuffle {
    size: u64,
    side: u64,
    key: u64,
}

impl Shuffle {
    const ROUNDS: u64 = 4;

    /// Creates the permutation of `0..size` that belongs to a key.
    pub(super) fn new(size: u64, key: u64) -> Self {
        let size = size.max(1);
        Self {
            size,
            side: (size - 1).isqrt() + 1,
            key: mix(key),
        }
    }

    /// Returns the value at a position below `size`.
    pub(super) fn at(&self, position: u64) -> u64 {
        let mut value = self.scramble(position % self.size);
        while value >= self.size {
            value = self.scramble(value);
        }
        value
    }

    fn scramble(&self, value: u64) -> u64 {
        let (mut left, mut right) = (value / self.side, value % self.side);
        for round in 0..Self::ROUNDS {
            let shift = mix(self.key.wrapping_add(round << 56).wrapping_add(right)) % self.side;
            (left, right) = (right, (left + shift) % self.side);
        }
        left * self.side + right
    }
}

/// Mixes a number into all 64 bits (the finalizer of SplitMix64).
pub(super) const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutation_is_complete() {
        for size in [1, 2, 3, 10, 97, 1_000, 4_096] {
            let shuffle = Shuffle::new(size, 5);
            let mut seen: Vec<u64> = (0..size).map(|position| shuffle.at(position)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..size).collect::<Vec<_>>());
        }
    }

    #[test]
    fn orders_differ_by_key() {
        let order = |key| {
            (0..100)
                .map(|position| Shuffle::new(100, key).at(position))
                .collect::<Vec<_>>()
        };
        assert_ne!(order(1), order(2));
        assert_ne!(order(1), (0..100).collect::<Vec<_>>());
    }
}
