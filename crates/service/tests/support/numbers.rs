//! Pseudo-random numbers that are the same in each run.

/// Generator of a fixed sequence of numbers.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// Returns the next number, from 0 up to an end that is not reached.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
