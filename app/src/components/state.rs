//! What a list shows instead of rows.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A picture, a sentence, and the one next action.
#[component]
pub fn ListState(
    /// Its picture.
    icon: Icon,
    /// What is the matter.
    title: &'static str,
    /// Whether it is a failure.
    #[prop(optional)]
    failure: bool,
    /// Explanation and action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let tone = if failure {
        "state-icon tone-danger"
    } else {
        "state-icon"
    };
    view! {
        <section class="state" role=failure.then_some("alert")>
            <span class=tone>
                <Glyph icon=icon large=true />
            </span>
            <h2 class="state-title">{title}</h2>
            {children.map(|children| children())}
        </section>
    }
}
