//! Deterministic random values.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// Random stream with a seed and a subject, so that each user is generated independently of the others. The draws are
/// implemented here, because a library can draw differently in its next version.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// Creates the stream of a subject, which is the number of a user.
    pub(super) fn new(seed: u64, subject: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(subject);
        Self(generator)
    }

    /// Draws a number from 0 to `bound - 1`; 0 for the bound 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Draws a number from 0 to 1, 1 excluded.
    pub(super) fn fraction(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 / STEPS
    }

    /// Draws true with a probability of `cases` per thousand.
    pub(super) fn per_mille(&mut self, cases: u64) -> bool {
        self.below(1000) < cases
    }

    /// Draws one of the choices, all with the same probability; the default value for an empty slice.
    pub(super) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len() as u64) as usize;
        choices.get(index).copied().unwrap_or_default()
    }

    /// Draws one of the choices, with a probability proportional to its weight.
    pub(super) fn weigh<T: Copy + Default>(&mut self, choices: &[(u64, T)]) -> T {
        let mut drawn = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if drawn < *weight {
                return *choice;
            }
            drawn -= weight;
        }
        T::default()
    }

    /// Draws `N` random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Draws `count` random bytes.
    pub(super) fn many_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_uniform_and_in_range() {
        let mut dice = Dice::new(1, 1);
        let mut seen = [0_u32; 5];
        for _ in 0..10_000 {
            seen[dice.below(5) as usize] += 1;
            assert!((0.0..1.0).contains(&dice.fraction()));
        }
        assert!(
            seen.iter().all(|count| (1_800..2_200).contains(count)),
            "{seen:?}"
        );
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<&str>(&[]), "");
        let heads = (0..10_000)
            .filter(|_| dice.weigh(&[(3, true), (1, false)]))
            .count();
        assert!((7_300..7_700).contains(&heads), "{heads}");
    }

    #[test]
    fn each_subject_has_its_own_stream() {
        assert_eq!(Dice::new(7, 3).bytes::<16>(), Dice::new(7, 3).bytes::<16>());
        assert_ne!(Dice::new(7, 3).bytes::<16>(), Dice::new(7, 4).bytes::<16>());
        assert_ne!(Dice::new(7, 3).bytes::<16>(), Dice::new(8, 3).bytes::<16>());
    }
}
