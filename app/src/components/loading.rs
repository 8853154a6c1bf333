//! Whether something is being fetched.

use leptos::{leptos_dom::helpers::is_browser, prelude::*};

/// Counts what is being fetched in the browser. The server shows what it has fetched, so there it stays at none.
///
/// `set_pending` of a transition would tell the same, but its effect runs on the server too, where it panics now and
/// then: threads meet at a signal, and the one that comes second takes it for gone.
#[derive(Clone, Copy)]
pub struct Loading(RwSignal<u32>);

impl Loading {
    /// Nothing is fetched yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Counts one more until it is dropped, be it because it came or because nobody waits for it any more.
    #[must_use]
    pub fn begin(self) -> Option<Fetching> {
        is_browser().then(|| {
            self.0.update(|count| *count += 1);
            Fetching(self.0)
        })
    }

    /// What to put into `aria-busy`.
    #[must_use]
    pub fn is_busy(self) -> bool {
        self.0.get() > 0
    }
}

impl Default for Loading {
    fn default() -> Self {
        Self::new()
    }
}

/// One thing that is being fetched.
pub struct Fetching(RwSignal<u32>);

impl Drop for Fetching {
    fn drop(&mut self) {
        // The page may have gone before what it waited for.
        self.0.try_update(|count| *count = count.saturating_sub(1));
    }
}
