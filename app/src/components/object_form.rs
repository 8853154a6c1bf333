//! Parts that the forms of roles, groups, features, clients and resources share: conflicts of two users who edit the
//! same object. The second one sees the values of the first, and can overwrite them.

use domain::stored::StoredObject;
use leptos::prelude::*;

use super::{form::FormState, typed::typed_or};
use crate::{api::first_values::encode, context::PageContext, text};

/// Object as another user has saved it, known from the time that the form was denied.
#[derive(Clone, Copy)]
pub struct ObjectConflict(Memo<Option<Box<StoredObject>>>);

/// Returns a value of the saved object; `None` for an object of another kind.
pub type Pick = fn(&StoredObject) -> Option<String>;

impl ObjectConflict {
    /// Returns the conflict of a form. It is retained until the form is saved, even if a later attempt is denied for
    /// another reason.
    pub(crate) fn of(form_state: FormState) -> Self {
        Self(Memo::new(
            move |known: Option<&Option<Box<StoredObject>>>| {
                let problem = form_state.problem.get();
                let current = problem.and_then(|problem| problem.details.object?.get());
                current.map(Box::new).or_else(|| known.cloned().flatten())
            },
        ))
    }

    /// Returns the conflict of a form that overwrites nothing: none.
    pub(crate) fn none() -> Self {
        Self(Memo::new(|_| None))
    }

    /// Returns the version that the form is based on: of the rendered page, or of the conflicting object that was shown
    /// since.
    pub(crate) fn version(self, context: &PageContext, known: i32) -> impl Fn() -> String + use<> {
        // A form that is rendered again is still based on the version that it was sent with, the newest that was shown.
        let known = match context.outcome {
            Some(_) => context.typed("version"),
            None => known.to_string(),
        };
        move || {
            self.0.with(|theirs| match theirs {
                Some(theirs) => theirs.version().to_string(),
                None => known.clone(),
            })
        }
    }

    /// Returns a value of the object that the form is based on, like [`Self::version`]. `known` is that of the rendered
    /// page.
    pub(crate) fn value(self, pick: Pick, known: String) -> impl Fn() -> String + use<> {
        move || {
            let theirs = self.0.with(|current| pick(current.as_deref()?));
            theirs.unwrap_or_else(|| known.clone())
        }
    }

    /// Renders the field with the values that the form showed first.
    pub(crate) fn first(self, context: &PageContext, values: &[(&str, String)]) -> AnyView {
        let is_there = Signal::derive(move || self.0.with(Option::is_some));
        first_values(context, values, is_there)
    }

    /// Returns the label of the submit button.
    pub(crate) fn action(self) -> Signal<String> {
        Signal::derive(move || save_label(self.0.with(Option::is_some)))
    }
}

/// Returns the label of the submit button of a form, with a conflict or without one.
pub(super) fn save_label(is_conflict: bool) -> String {
    match is_conflict {
        true => text::common::overwrite().to_owned(),
        false => text::common::save().to_owned(),
    }
}

/// Renders the hidden field with the values that a form showed first, and in a conflict, which of its values are written.
pub(super) fn first_values(
    context: &PageContext,
    values: &[(&str, String)],
    is_conflict: Signal<bool>,
) -> AnyView {
    // A form that is rendered again still has the values that it showed first.
    let first = typed_or(context, "first", || encode(values));
    view! {
        <input type="hidden" name="first" value=first />
        {move || {
            is_conflict.get().then(|| view! { <p class="field-note">{text::common::overwrite_note()}</p> })
        }}
    }
    .into_any()
}

/// Renders the link that discards the typed values, if there is a conflict.
#[component]
pub fn UseTheirs(
    /// Conflict of the form.
    conflict: ObjectConflict,
    /// Path of the dialog.
    path: String,
) -> impl IntoView {
    move || {
        conflict.0.with(Option::is_some).then(|| {
            view! {
                <a class="button" href=path.clone() rel="external">
                    {text::user::use_theirs()}
                </a>
            }
        })
    }
}

/// Renders the value of a field that another user has saved, if it differs from the value in the form.
#[component]
pub fn SavedValue(
    /// Conflict of the form; `None` for the form of a new object.
    conflict: Option<ObjectConflict>,
    /// Value in the field of the form.
    mine: String,
    /// Returns the same field of the saved object.
    pick: Pick,
) -> impl IntoView {
    move || {
        let theirs = conflict?.0.with(|current| pick(current.as_deref()?))?;
        (theirs != mine).then(|| their_value(theirs))
    }
}

/// Renders the value that another user has saved.
pub(super) fn their_value(theirs: String) -> impl IntoView {
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
}
