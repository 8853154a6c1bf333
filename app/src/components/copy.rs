//! Copying of texts to the clipboard.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::text;

/// Renders a button that copies a text. It needs scripts.
#[component]
pub fn CopyButton(
    /// CSS class of the button.
    class: &'static str,
    /// Label until the text is copied.
    label: &'static str,
    /// Accessible name until the text is copied, if it differs from the label.
    #[prop(optional)]
    about: Option<String>,
    /// Text to copy.
    text: String,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let (copied, set_copied) = signal(false);
    let copy = move |_| {
        let is_copied = button
            .get_untracked()
            .and_then(|button| copy_beside(&button, &text));
        set_copied.set(is_copied.unwrap_or_default());
    };
    view! {
        <button
            node_ref=button
            class=class
            type="button"
            aria-label=move || about.clone().filter(|_| !copied.get())
            on:click=copy
        >
            {move || if copied.get() { text::common::copied() } else { label }}
        </button>
    }
}

/// Copies a text by selecting it in a field beside an element. With the focus elsewhere a menu would close, and a dialog retains it.
/// Returns whether the browser has copied the text; `None` if the field cannot be added.
fn copy_beside(element: &web_sys::Element, text: &str) -> Option<bool> {
    let around = element.parent_element()?;
    let focused = document().active_element();
    let field = document().create_element("input").ok()?;
    let field: web_sys::HtmlInputElement = field.dyn_into().ok()?;
    field.set_value(text);
    field.set_read_only(true);
    around.append_child(&field).ok()?;
    drop(field.focus());
    field.select();
    let is_copied = copy_selection();
    field.remove();
    if let Some(focused) =
        focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlElement>().ok())
    {
        drop(focused.focus());
    }
    Some(is_copied)
}

/// Copies the selected text. Returns false if the browser denies it.
pub(crate) fn copy_selection() -> bool {
    // The Clipboard API requires a secure context, so it is missing when the panel is served without HTTPS.
    let page = document().dyn_into::<web_sys::HtmlDocument>();
    page.is_ok_and(|page| page.exec_command("copy").unwrap_or_default())
}
