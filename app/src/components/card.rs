//! Pages without the panel around them: one card in the middle.

use leptos::prelude::*;

use super::{brand::Brand, title::PageTitle};

/// A page with one card.
#[component]
pub fn CardPage(
    /// Title of the page.
    title: &'static str,
    /// What the card holds.
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
