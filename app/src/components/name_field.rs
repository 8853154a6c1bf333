//! Text field that names one object, with a search for it. The form sends the text, so that it works without scripts.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement};

use super::{
    field::{Field, FieldSpec},
    item_search::{Find, Found, ItemSearch, ResultTexts, buttons},
};
use crate::{
    api::user_access::{PickerItem, PickerPage},
    hydrated::Hydrated,
    text,
};

/// Search for the objects that a field names.
#[derive(Clone, Copy)]
pub struct NameSearch {
    /// Returns the first objects whose names have a part.
    pub(crate) find: Find,
    /// Returns the text in the field that names an object.
    pub(crate) name: fn(PickerItem) -> String,
}

/// Renders the field, and below it the objects whose names have the typed text. A chosen one fills the field.
#[component]
pub fn NameField(
    /// Static properties of the field.
    spec: FieldSpec,
    /// Initial value.
    #[prop(into)]
    value: String,
    /// Error message, if the field has an error.
    error: Signal<Option<String>>,
    /// Search for the objects; `None` if nothing is to be found.
    search: Signal<Option<NameSearch>>,
    /// `true` if the field gets the focus when the page loads.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let group = NodeRef::<html::Div>::new();
    let chosen = StoredValue::new(String::new());
    let items = ItemSearch::new(move |query, limit| -> Found {
        match search.get_untracked() {
            Some(search) => (search.find)(query, limit),
            None => Box::pin(async { Ok(PickerPage::default()) }),
        }
    });
    let mut typed = ItemSearch::once_typed(move |typed: String| {
        if typed.trim().is_empty() || chosen.with_value(|chosen| *chosen == typed) {
            items.clear();
        } else {
            items.run(typed);
        }
    });
    // Another search has other objects.
    Effect::new(move |before: Option<()>| {
        search.track();
        if before.is_some() {
            items.repeat();
        }
    });
    let press = move |event: KeyboardEvent| {
        let is_down = event.key() == "ArrowDown" && !event.is_composing();
        let first = group
            .get_untracked()
            .filter(|_| is_down)
            .and_then(|group| first_button(&group));
        if let Some(first) = first {
            event.prevent_default();
            drop(first.focus());
        }
    };
    let choose = move |item: PickerItem| {
        let Some(search) = search.get_untracked() else {
            return;
        };
        let name = (search.name)(item);
        chosen.set_value(name.clone());
        items.clear();
        if let Some(group) = group.get_untracked() {
            type_into(&group, &name);
        }
    };
    let texts = ResultTexts {
        button: |name| text::access::choose(name),
        none: None,
    };
    view! {
        <div
            node_ref=group
            class="field"
            on:input=move |event| typed(event_target_value(&event))
            on:keydown=press
        >
            <Field spec=spec value=value error=error first=first />
            <Show when=Hydrated::now>{items.results(texts, |_| false, choose)}</Show>
        </div>
    }
}

/// Returns the button of the first found object.
fn first_button(group: &web_sys::Element) -> Option<HtmlElement> {
    let first = buttons(group)?.item(0)?;
    first.dyn_into().ok()
}

/// Sets the text of the field in an element as if the user had typed it, so that the form validates it, and moves the focus there.
fn type_into(group: &web_sys::Element, name: &str) -> Option<()> {
    let field = group.query_selector("input").ok()??;
    let field: HtmlInputElement = field.dyn_into().ok()?;
    field.set_value(name);
    let bubbling = EventInit::new();
    bubbling.set_bubbles(true);
    let event = Event::new_with_event_init_dict("input", &bubbling).ok()?;
    drop(field.dispatch_event(&event));
    drop(field.focus());
    Some(())
}
