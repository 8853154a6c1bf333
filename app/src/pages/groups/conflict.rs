//! Conflicts of two users who change the same group: the second one sees the values of the first, and can overwrite them.

use domain::{groups::Group, stored::StoredObject};
use leptos::prelude::*;

use crate::{components::form::FormState, context::PageContext, text};

/// Version of the group that another user has saved, known from the time that the form was denied.
#[derive(Clone, Copy)]
pub(super) struct GroupConflict(Memo<Option<Group>>);

impl GroupConflict {
    /// Returns the conflict of a form. It is retained until the form is saved, even if a later attempt is denied for another reason.
    pub(super) fn of(form_state: FormState) -> Self {
        Self(Memo::new(move |known: Option<&Option<Group>>| {
            let problem = form_state.problem.get();
            let object = problem.and_then(|problem| problem.details.object);
            let current = object.and_then(|object| match *object {
                StoredObject::Group(group) => Some(group),
                _ => None,
            });
            current.or_else(|| known.cloned().flatten())
        }))
    }

    /// Returns whether there is a conflict. Reads a signal.
    pub(super) fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Returns the version that the form is based on: of the rendered page, or of the conflicting group that was shown since.
    pub(super) fn version(self, context: &PageContext, known: i32) -> impl Fn() -> String + use<> {
        // A form that is rendered again is still based on the version that it was sent with.
        let known = match context.outcome {
            Some(_) => context.typed("version"),
            None => known.to_string(),
        };
        move || {
            self.0.with(|theirs| match theirs {
                Some(theirs) => theirs.version.to_string(),
                None => known.clone(),
            })
        }
    }

    /// Returns the label of the submit button.
    pub(super) fn action(self) -> Signal<String> {
        Signal::derive(move || match self.is_there() {
            true => text::common::overwrite().to_owned(),
            false => text::common::save().to_owned(),
        })
    }
}

/// Renders the value of a field that another user has saved, if it differs from the value in the form.
#[component]
pub(super) fn TheirValue(
    /// Conflict of the form.
    conflict: GroupConflict,
    /// Value in the field of the form.
    mine: String,
    /// Returns the same field of the saved group.
    pick: fn(&Group) -> String,
) -> impl IntoView {
    move || {
        let theirs = conflict.0.with(|current| current.as_ref().map(pick))?;
        (theirs != mine).then(|| {
            let theirs = if theirs.is_empty() {
                text::actions::empty_value().to_owned()
            } else {
                theirs
            };
            let [before, after] = text::common::their_value_around();
            view! {
                <p class="notice tone-warning">
                    {before} <b>
                        <bdi>{theirs}</bdi>
                    </b> {after}
                </p>
            }
        })
    }
}
