//! Selectors for a display preference: a form without scripts, applied immediately with them.

use domain::cookies::Cookies;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Glyph, Icon};
use crate::{preferences::Preferences, text::Label};

/// A value of a preference.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Value in the form and in the cookie.
    pub word: &'static str,
    /// Accessible label and tooltip, in the current language.
    pub label: Label,
    /// Icon on the button.
    pub icon: Icon,
}

/// Renders the values of a preference as adjacent buttons, the current one pressed.
#[component]
pub fn Segmented(
    /// Name of the preference, such as `theme`.
    name: &'static str,
    /// Accessible label of the group.
    label: &'static str,
    /// Selectable values, in the order of the buttons.
    values: &'static [Value],
) -> impl IntoView {
    let preferences = expect_context::<RwSignal<Preferences>>();
    let pressed = move |word| {
        preferences
            .get()
            .as_pairs()
            .contains(&(name, word))
            .to_string()
    };
    view! {
        <form class="segmented" method="post" action="/preferences" aria-label=label>
            <CurrentPath />
            {values
                .iter()
                .map(|Value { word, label, icon }| {
                    let label = label();
                    view! {
                        <button
                            name=name
                            value=*word
                            aria-label=label
                            title=label
                            aria-pressed=move || pressed(word)
                            on:click=move |event| {
                                event.prevent_default();
                                choose(preferences, name, word);
                            }
                        >
                            <Glyph icon=*icon />
                        </button>
                    }
                })
                .collect_view()}
        </form>
    }
}

/// Renders the hidden field with the page that the form returns to.
#[component]
pub fn CurrentPath() -> impl IntoView {
    let location = use_location();
    let here = move || {
        let search = location.search.get();
        format!(
            "{}{}{search}",
            location.pathname.get(),
            if search.is_empty() { "" } else { "?" }
        )
    };
    view! { <input type="hidden" name="next" value=here /> }
}

/// Applies a preference that is an attribute of the page, and stores it in the cookie.
pub fn choose(preferences: RwSignal<Preferences>, name: &'static str, word: &str) {
    if let Some(root) = document().document_element() {
        // Setting the attribute fails only for invalid names, and this name is valid.
        drop(root.set_attribute(&format!("data-{name}"), word));
    }
    store(preferences, name, word);
}

/// Changes a preference on the open page and in the cookie.
pub(crate) fn store(preferences: RwSignal<Preferences>, name: &str, word: &str) {
    preferences.update(|chosen| *chosen = chosen.with(name, word));
    let document = document();
    let Ok(document) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlDocument>(document) else {
        return;
    };
    // Another tab can have changed other preferences since this page was rendered.
    let cookies = document.cookie().unwrap_or_default();
    let stored = Cookies::read([cookies.as_bytes()]);
    let stored = stored
        .get(Preferences::COOKIE)
        .map(Preferences::from_cookie);
    let chosen = stored.unwrap_or_else(|| preferences.get_untracked());
    // If the browser blocks cookies, the choice lasts until the page is closed.
    drop(document.set_cookie(&chosen.with(name, word).set_cookie()));
}
