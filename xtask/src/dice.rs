//! Deterministic random values.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// Stream of random values.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// Creates the stream of a subject. Streams of different subjects are independent.
    pub(crate) fn new(seed: u64, subject: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(subject);
        Self(generator)
    }

    /// Returns a value from 0 to `bound - 1`; 0 if `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Returns the index of an element in a list that is not empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// Returns one of the choices, with a probability proportional to its weight; `None` if there are no choices.
    pub(crate) fn weigh<T: Copy>(&mut self, choices: &[(u64, T)]) -> Option<T> {
        let mut drawn = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if drawn < *weight {
                return Some(*choice);
            }
            drawn -= weight;
        }
        None
    }

    /// Shuffles a slice.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for end in (1..things.len()).rev() {
            let other = self.index(end + 1);
            things.swap(end, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_determines_values_per_subject() {
        let draws = |seed, subject| {
            let mut dice = Dice::new(seed, subject);
            [(); 4].map(|()| dice.below(1_000_000))
        };
        assert_eq!(draws(1, 2), draws(1, 2));
        assert_ne!(draws(1, 2), draws(1, 3));
        assert_ne!(draws(1, 2), draws(2, 2));
    }

    #[test]
    fn zero_weight_is_never_drawn() {
        let mut dice = Dice::new(1, 1);
        for _ in 0..1_000 {
            assert_eq!(dice.weigh(&[(0, "never"), (3, "always")]), Some("always"));
        }
        assert_eq!(dice.weigh::<u8>(&[]), None);
    }

    #[test]
    fn shuffle_is_a_permutation() {
        let mut things: Vec<u8> = (0..50).collect();
        Dice::new(1, 1).shuffle(&mut things);
        assert!(!things.is_sorted());
        things.sort_unstable();
        assert_eq!(things, (0..50).collect::<Vec<_>>());
    }
}
