//! Logo and name of the product.

use leptos::prelude::*;

/// Renders the logo and the product name as a link to the start page.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/" rel="external">
            <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                <rect width="32" height="32" rx="8"></rect>
                <path d="M8.5 10h15M8.5 16h6M8.5 22h4M16 19.5l3 3 5.5-6.5"></path>
            </svg>
            <span class="brand-name">"Rollcall"</span>
        </a>
    }
}
