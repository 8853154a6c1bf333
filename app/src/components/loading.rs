//! Progress indicator of requests.

use leptos::{leptos_dom::helpers::is_browser, prelude::*};

/// Number of pending requests in the browser. On the server it stays at 0, because pages are rendered with the loaded data.
///
/// `set_pending` of a transition would report the same, but its effect also runs on the server, where it sometimes panics:
/// threads race for a signal, and the second one treats it as disposed.
#[derive(Clone, Copy)]
pub struct Loading(RwSignal<u32>);

impl Loading {
    /// Returns a counter without pending requests.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Counts one pending request until the returned guard is dropped, because it has completed or was cancelled. Returns
    /// `None` on the server.
    #[must_use]
    pub fn begin(self) -> Option<Fetching> {
        is_browser().then(|| {
            self.0.update(|count| *count += 1);
            Fetching(self.0)
        })
    }

    /// Returns whether any request is pending, for `aria-busy`.
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

/// Guard that counts one pending request until it is dropped.
pub struct Fetching(RwSignal<u32>);

impl Drop for Fetching {
    fn drop(&mut self) {
        // The counter may be disposed with its page before the request completes.
        self.0.try_update(|count| *count = count.saturating_sub(1));
    }
}
