//! Entries of the menu that copy the link of a user's page, and the email address.

use leptos::prelude::*;

use crate::{components::copy::CopyButton, hydrated::Hydrated, text};

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
            <CopyButton
                class="menu-item"
                label=text::users::copy_link()
                text=url(&page.get_value())
            />
            {email
                .get_value()
                .map(|email| {
                    view! { <CopyButton class="menu-item" label=text::users::copy_email() text=email /> }
                })}
        </Show>
    }
}

/// Returns the URL of a path.
fn url(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}")
}
