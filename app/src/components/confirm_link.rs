//! Link to a confirmation dialog.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Renders the link to a confirmation dialog above the current page.
#[component]
pub fn ConfirmLink(
    /// Path of the dialog.
    href: String,
    /// Text of the link.
    label: &'static str,
    /// Accessible label that names the target, where a page has several such links.
    #[prop(optional)]
    about: Option<String>,
) -> impl IntoView {
    let search = use_location().search;
    let href = move || match search.get() {
        empty if empty.is_empty() => href.clone(),
        search => format!("{href}?{search}"),
    };
    view! {
        <a class="button" href=href data-noscroll aria-label=about>
            {label}
        </a>
    }
}
