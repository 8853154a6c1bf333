//! Page for unknown URLs.

use leptos::prelude::*;

use crate::components::card::CardPage;

/// Renders the message with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <CardPage title="Not found">
            <div class="card card-message">
                <p class="error-code">"404"</p>
                <h1 class="card-title">"There is nothing at this address"</h1>
                <p>"It may have been moved or removed. Check the address, or start again."</p>
                <div class="card-actions">
                    <a class="button button-primary" href="/" rel="external">
                        "Go to the start"
                    </a>
                </div>
            </div>
        </CardPage>
    }
}
