//! What is known of something: a word and what it is.

use leptos::prelude::*;

/// One fact, in a list of class `facts`.
#[component]
pub fn Fact(
    /// What it is about.
    #[prop(into)]
    label: String,
    /// What is known.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{children()}</dd>
        </div>
    }
}
