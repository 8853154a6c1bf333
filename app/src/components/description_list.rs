//! Definition lists: labels with values.

use leptos::prelude::*;

/// Renders one label with its value, inside a `<dl class="details">`.
#[component]
pub fn DescriptionItem(
    /// Label of the value.
    #[prop(into)]
    label: String,
    /// Value, as text or markup.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd dir="auto">{children()}</dd>
        </div>
    }
}
