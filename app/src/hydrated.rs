//! The moment from which the browser draws the page.

use leptos::{leptos_dom::helpers::is_browser, prelude::*};

/// State of taking over: whether the browser has taken over. Until then a page is what the server drew, without what needs a script.
#[derive(Debug, Clone, Copy)]
pub struct Hydrated(pub ReadSignal<bool>);

impl Hydrated {
    /// Watches for the moment.
    pub(crate) fn watch() -> Self {
        let (hydrated, set_hydrated) = signal(false);
        Effect::new(move |_| set_hydrated.set(true));
        Self(hydrated)
    }

    /// Whether the browser has taken over, as a signal's value.
    #[must_use]
    pub fn now() -> bool {
        use_context::<Self>().is_some_and(|hydrated| hydrated.0.get())
    }

    /// Whether the browser is taking over at this moment.
    #[must_use]
    pub fn is_under_way() -> bool {
        is_browser() && use_context::<Self>().is_some_and(|hydrated| !hydrated.0.get_untracked())
    }
}
