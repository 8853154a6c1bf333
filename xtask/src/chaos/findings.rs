//! Violations of the expected behaviour.

use std::sync::{Mutex, PoisonError};

/// Findings of all workers.
#[derive(Default)]
pub(super) struct Findings(Mutex<Vec<String>>);

impl Findings {
    pub(super) fn note(&self, what: impl Into<String>) {
        self.lock().push(what.into());
    }

    pub(super) fn extend(&self, all: impl IntoIterator<Item = String>) {
        self.lock().extend(all);
    }

    /// Removes and returns all findings, oldest first.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
