//! Page for unknown URLs.

use leptos::prelude::*;

use crate::{api::error::set_not_found, components::card::CardPage, text};

/// Renders the message with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    // The server knows every route, but `..` in a path leads elsewhere only when the page is rendered.
    set_not_found();
    view! {
        <CardPage title=text::public::page_not_found()>
            <div class="card card-message">
                <p class="error-code">"404"</p>
                <h1 class="card-title">{text::public::page_not_found()}</h1>
                <p>{text::public::page_not_found_text()}</p>
                <div class="card-actions">
                    <a class="button button-primary" href="/" rel="external">
                        {text::public::to_overview()}
                    </a>
                </div>
            </div>
        </CardPage>
    }
}
