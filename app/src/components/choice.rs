//! A preference to choose: a form without scripts, at once with them.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Glyph, Icon};
use crate::context::Preferences;

/// One value of a preference.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Its word.
    pub word: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Its picture.
    pub icon: Icon,
}

/// A few values side by side, one of them pressed.
#[component]
pub fn Segmented(
    /// The preference.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// Its values.
    values: &'static [Value],
) -> impl IntoView {
    let preferences = expect_context::<RwSignal<Preferences>>();
    let pressed = move |word| {
        preferences
            .get()
            .words()
            .contains(&(name, word))
            .to_string()
    };
    view! {
        <form class="segmented" method="post" action="/preferences" aria-label=label>
            <Here />
            {values
                .iter()
                .map(|Value { word, label, icon }| {
                    view! {
                        <button
                            name=name
                            value=*word
                            aria-label=*label
                            title=*label
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

/// The page that a form leads back to.
#[component]
pub fn Here() -> impl IntoView {
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

/// Applies a choice to the open page and keeps it for the next.
pub fn choose(preferences: RwSignal<Preferences>, name: &'static str, word: &str) {
    let chosen = preferences.get_untracked().with(name, word);
    preferences.set(chosen);
    let document = document();
    if let Some(root) = document.document_element() {
        // The attribute exists on every page of ours: setting it cannot fail.
        drop(root.set_attribute(&format!("data-{name}"), word));
    }
    let cookie = format!(
        "{}={}; Path=/; Max-Age={}; SameSite=Lax",
        Preferences::COOKIE,
        chosen.to_cookie(),
        Preferences::MAX_AGE
    );
    if let Ok(document) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlDocument>(document) {
        // A browser that refuses cookies forgets the choice with the page.
        drop(document.set_cookie(&cookie));
    }
}
