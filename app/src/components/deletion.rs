//! Parts of the dialogs that delete or change data, which is loaded first.

use domain::problem::Problem;
use leptos::prelude::*;

use super::{
    dialog::{BackLink, Dialog, DialogRoute},
    field::FieldSpec,
    loaded::{Loaded, transition},
    notice::ProblemNotice,
};
use crate::{api::error::ApiError, text};

/// Field for the username as confirmation.
pub(crate) const CONFIRM: FieldSpec = FieldSpec {
    name: "confirm",
    label: text::actions::confirm_username,
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 50,
};

/// Renders the dialog while the data is counted, or if counting has failed.
#[component]
pub fn Uncounted(
    /// Path of the dialog and of the page behind it.
    route: DialogRoute,
    /// Reason why counting has failed; `None` while it is running.
    problem: Option<Problem>,
    /// Heading of the dialog.
    #[prop(default = text::actions::delete())]
    title: &'static str,
) -> impl IntoView {
    view! {
        <Dialog route=route.clone() title=title>
            <div class="dialog-body">
                {match problem {
                    Some(problem) => view! { <ProblemNotice problem=problem autofocus=true /> }.into_any(),
                    None => view! { <p role="status">{text::actions::counting()}</p> }.into_any(),
                }}
            </div>
            <footer class="dialog-foot">
                <BackLink route=route label=text::common::close() />
            </footer>
        </Dialog>
    }
}

/// Renders the note about a deletion that a job does, because many rows change.
#[must_use]
pub fn in_background(is_job: bool) -> Option<AnyView> {
    is_job.then(|| view! { <p>{text::actions::deleted_in_background()}</p> }.into_any())
}

/// Renders a dialog once its data is loaded, or the error of loading. `title` is the heading of the error.
pub(crate) fn once_loaded<T: 'static>(
    data: Loaded<T>,
    route: DialogRoute,
    title: &'static str,
    fallback: ViewFnOnce,
    draw: fn(T) -> AnyView,
) -> AnyView {
    let dialog = move || {
        Some(match data.get()? {
            Ok(data) => draw(data),
            Err(ApiError(problem)) => failed(route.clone(), title, problem),
        })
    };
    transition(fallback, Box::new(dialog))
}

fn failed(route: DialogRoute, title: &'static str, problem: Problem) -> AnyView {
    view! { <Uncounted route=route problem=Some(problem) title=title /> }.into_any()
}
