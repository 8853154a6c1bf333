//! Conflicts of two users who edit the same resource or feature: the second one sees the values of the first, and can overwrite
//! them.

use domain::stored::StoredObject;
use leptos::prelude::*;

use super::form::FormState;
use crate::{context::PageContext, text};

/// State of an object that another user has saved, known from the time that the form was denied.
#[derive(Clone, Copy)]
pub(crate) struct ObjectConflict(Memo<Option<Box<StoredObject>>>);

impl ObjectConflict {
    /// Returns the conflict of a form. It is retained until the form is saved, even if a later attempt is denied for another reason.
    pub(crate) fn of(form_state: FormState) -> Self {
        Self(Memo::new(
            move |known: Option<&Option<Box<StoredObject>>>| {
                let problem = form_state.problem.get();
                let current = problem.and_then(|problem| problem.details.object);
                current.or_else(|| known.cloned().flatten())
            },
        ))
    }

    /// Returns the version that the form is based on: of the rendered page, or of the conflicting object that was shown since.
    pub(crate) fn version(self, context: &PageContext, known: i32) -> impl Fn() -> String + use<> {
        // A form that is rendered again is still based on the version that it was sent with.
        let known = match context.outcome {
            Some(_) => context.typed("version"),
            None => known.to_string(),
        };
        move || {
            let theirs = self.0.with(|theirs| theirs.as_deref().map(version));
            theirs.map_or_else(|| known.clone(), |version| version.to_string())
        }
    }

    /// Returns the name that the page has shown, or that of the conflicting object that was shown since.
    pub(crate) fn shown(
        self,
        known: String,
        pick: fn(&StoredObject) -> Option<String>,
    ) -> impl Fn() -> String + use<> {
        move || {
            let theirs = self.0.with(|theirs| theirs.as_deref().and_then(pick));
            theirs.unwrap_or_else(|| known.clone())
        }
    }

    /// Returns the label of the submit button.
    pub(crate) fn action(self) -> Signal<String> {
        Signal::derive(move || match self.0.with(Option::is_some) {
            true => text::common::overwrite().to_owned(),
            false => text::common::save().to_owned(),
        })
    }
}

/// Returns the version of an object.
fn version(object: &StoredObject) -> i32 {
    match object {
        StoredObject::Role(role) => role.version,
        StoredObject::Group(group) => group.version,
        StoredObject::Feature(feature) => feature.version,
        StoredObject::Client(client) => client.version,
        StoredObject::Resource(resource) => resource.version,
    }
}

/// Renders the value of a field that another user has saved, if it differs from the value in the form.
#[component]
pub(crate) fn TheirValue(
    /// Conflict of the form.
    conflict: ObjectConflict,
    /// Value in the field of the form.
    mine: String,
    /// Returns the same field of the saved object.
    pick: fn(&StoredObject) -> Option<String>,
) -> impl IntoView {
    move || {
        let theirs = conflict
            .0
            .with(|current| current.as_deref().and_then(pick))?;
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
