//! Hydration state of the page.

use leptos::{leptos_dom::helpers::is_browser, prelude::*};

/// Signal that is `true` after hydration. Until then the page is as the server rendered it, without controls that need scripts.
#[derive(Debug, Clone, Copy)]
pub struct Hydrated(pub ReadSignal<bool>);

impl Hydrated {
    /// Creates the signal, which an effect sets after hydration.
    pub(crate) fn watch() -> Self {
        let (hydrated, set_hydrated) = signal(false);
        Effect::new(move |_| set_hydrated.set(true));
        Self(hydrated)
    }

    /// Returns whether hydration is complete. Reads a signal.
    #[must_use]
    pub fn now() -> bool {
        use_context::<Self>().is_some_and(|hydrated| hydrated.0.get())
    }

    /// Returns whether hydration is running.
    #[must_use]
    pub fn is_running() -> bool {
        is_browser() && use_context::<Self>().is_some_and(|hydrated| !hydrated.0.get_untracked())
    }
}
