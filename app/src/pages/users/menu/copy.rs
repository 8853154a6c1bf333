//! Entries of the menu that copy the link of a user's page, and the email address.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::element;
use crate::{hydrated::Hydrated, text};

/// Renders the entries. They need scripts.
#[component]
pub fn CopyItems(
    /// Path of the user's page.
    page: String,
    /// Email address of the user, if one is known.
    email: Option<String>,
) -> impl IntoView {
    let (page, email) = (StoredValue::new(page), StoredValue::new(email));
    view! {
        <Show when=Hydrated::now>
            <CopyItem label=text::users::copy_link() text=url(&page.get_value()) />
            {email
                .get_value()
                .map(|email| view! { <CopyItem label=text::users::copy_email() text=email /> })}
        </Show>
    }
}

/// Returns the URL of a path.
fn url(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}")
}

#[component]
fn CopyItem(
    /// Label of the button until the text is copied.
    label: &'static str,
    /// Text to copy.
    text: String,
) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    view! {
        <button class="menu-item" type="button" on:click=move |_| set_copied.set(copy(&text).is_some())>
            {move || if copied.get() { text::common::copied() } else { label }}
        </button>
    }
}

/// Copies a text to the clipboard, by selecting it in a field inside the menu, which otherwise would close. Returns `None` if the
/// browser denies it.
fn copy(text: &str) -> Option<()> {
    let menu = element()?;
    let focused = document().active_element();
    let field = document().create_element("input").ok()?;
    let field: web_sys::HtmlInputElement = field.dyn_into().ok()?;
    field.set_value(text);
    field.set_read_only(true);
    menu.append_child(&field).ok()?;
    drop(field.focus());
    field.select();
    // The Clipboard API requires a secure context, so it is missing when the panel is served without HTTPS.
    let page = document().dyn_into::<web_sys::HtmlDocument>().ok();
    let is_copied = page.is_some_and(|page| page.exec_command("copy").unwrap_or_default());
    field.remove();
    if let Some(focused) =
        focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlElement>().ok())
    {
        drop(focused.focus());
    }
    is_copied.then_some(())
}
