//! Parts that forms about one user share: path of the dialog, hidden fields, and conflicts of two users who edit the same
//! account: the second one sees the values of the first, and can overwrite them.

use domain::users::detail::UserDetail;
use leptos::prelude::*;

use super::{
    dialog::DialogRoute,
    form::FormState,
    object_form::{first_values, save_label, their_value},
};
use crate::{
    api::user::{UserView, path},
    context::PageContext,
    text,
};

/// Returns the path of a user's dialog and of the page behind it.
#[must_use]
pub fn route(user_view: &UserView, word: &str) -> DialogRoute {
    let back = path(&user_view.user.summary);
    DialogRoute {
        path: format!("{back}/{word}"),
        back,
    }
}

/// Returns the reason for denial if the user is deleted.
#[must_use]
pub fn deleted_notice(user: &UserDetail) -> Option<String> {
    let deleted = user.deleted_at.is_some();
    deleted.then(|| text::user::deleted_notice().to_owned())
}

/// Renders the hidden fields that identify the user and the page to return to.
#[component]
pub fn About(
    /// The user that the form concerns.
    user_view: UserView,
    /// Path suffix of the tab to return to; empty for the first one.
    #[prop(optional)]
    tab: &'static str,
) -> impl IntoView {
    let page = format!("{}{tab}", path(&user_view.user.summary));
    view! {
        <input type="hidden" name="page" value=page />
        <input type="hidden" name="id" value=user_view.user.summary.id.to_string() />
        <input type="hidden" name="username" value=user_view.user.summary.username />
    }
}

/// Version of the account that another user has saved, known from the time that the form was denied.
#[derive(Clone, Copy)]
pub struct Conflict(Memo<Option<Box<UserDetail>>>);

impl Conflict {
    /// Returns the conflict of a form. It is retained until the form is saved, even if a later attempt is denied for another reason.
    #[must_use]
    pub fn of(form_state: FormState) -> Self {
        Self(Memo::new(move |known: Option<&Option<Box<UserDetail>>>| {
            let problem = form_state.problem.get();
            let current = problem.and_then(|problem| problem.details.current?.get());
            current.map(Box::new).or_else(|| known.cloned().flatten())
        }))
    }

    /// Returns whether there is a conflict. Reads a signal.
    #[must_use]
    pub fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Returns the version that the form is based on: of the rendered page, or of the conflicting account that was shown since.
    pub fn version(self, context: &PageContext, known: i32) -> impl Fn() -> String + use<> {
        // A form that is rendered again is still based on the version that it was sent with. The user has not seen any newer version.
        let known = match context.outcome {
            Some(_) => context.typed("version"),
            None => known.to_string(),
        };
        move || {
            self.0.with(|theirs| match theirs {
                Some(theirs) => theirs.summary.version.to_string(),
                None => known.clone(),
            })
        }
    }

    /// Renders the field with the values that the form showed first.
    #[must_use]
    pub fn first(self, context: &PageContext, values: &[(&str, String)]) -> AnyView {
        first_values(context, values, Signal::derive(move || self.is_there()))
    }

    /// Returns the label of the submit button.
    #[must_use]
    pub fn action(self) -> Signal<String> {
        Signal::derive(move || save_label(self.is_there()))
    }
}

/// Renders the value of a field that another user has saved, if it differs from the value in the form.
#[component]
pub fn ConflictValue(
    /// Conflict of the form.
    conflict: Conflict,
    /// Value in the field of the form.
    mine: String,
    /// Returns the same field of the saved account.
    pick: fn(&UserDetail) -> String,
) -> impl IntoView {
    move || {
        let theirs = conflict.0.with(|current| current.as_deref().map(pick))?;
        (theirs != mine).then(|| their_value(theirs))
    }
}
