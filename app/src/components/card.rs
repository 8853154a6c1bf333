//! Pages outside the panel: a single card in the middle.

use leptos::prelude::*;

use super::{brand::Brand, title::PageTitle};

/// Renders a page with one card.
#[component]
pub fn CardPage(
    /// Document title, without the product name.
    title: &'static str,
    /// Content of the card.
    children: Children,
) -> impl IntoView {
    view! {
        <PageTitle text=title />
        <div class="plain">
            <main class="plain-main" id="main">
                <Brand />
                {children()}
            </main>
        </div>
    }
}
