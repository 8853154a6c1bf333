//! What a list shows instead of rows.

use domain::problem::Problem;
use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    notice::RequestId,
};

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

/// Something could not be loaded: why, and the way to try again.
#[component]
pub fn LoadFailure(
    /// What.
    title: &'static str,
    /// Why.
    problem: Problem,
    /// Where it is tried again: at this address, unless another is given.
    #[prop(optional)]
    again: String,
) -> impl IntoView {
    view! {
        <ListState icon=Icon::Alert title=title failure=true>
            <p class="state-text">{problem.message}</p>
            <div class="state-actions">
                // A page of its own: whoever has been signed out gets to sign in.
                <a class="button button-primary" href=again rel="external">
                    <Glyph icon=Icon::Reload />
                    "Try again"
                </a>
                <RequestId id=problem.request_id />
            </div>
        </ListState>
    }
}

/// Something that is on its way.
#[component]
pub fn Waiting() -> impl IntoView {
    view! {
        <div class="panes" aria-busy="true">
            <span class="skeleton"></span>
            <span class="skeleton"></span>
        </div>
    }
}
