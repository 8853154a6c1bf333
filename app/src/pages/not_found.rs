//! Page for unknown URLs.

use leptos::prelude::*;

use crate::{api::error::set_not_found, components::card::CardPage};

/// Renders the message with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    // The server knows every route, but `..` in a path leads elsewhere only when the page is rendered.
    set_not_found();
    view! {
        <CardPage title="Page not found">
            <div class="card card-message">
                <p class="error-code">"404"</p>
                <h1 class="card-title">"Page not found"</h1>
                <p>"It may have been moved or deleted. Check the URL."</p>
                <div class="card-actions">
                    <a class="button button-primary" href="/" rel="external">
                        "Go to overview"
                    </a>
                </div>
            </div>
        </CardPage>
    }
}
