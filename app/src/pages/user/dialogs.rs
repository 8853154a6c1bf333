//! Dialogs that change a user, above the first tab. Suspension and the creation of a reset link are here, the longer ones in
//! files of their own.

pub mod create;
pub mod delete;
pub mod edit;
pub mod profile;
pub mod reassign;

pub use create::Create;
pub use delete::Delete;
pub use edit::Edit;
pub use reassign::Reassign;

use domain::{
    messages,
    users::{Status, UserSummary, action::UserAction, detail::UserDetail},
};
use leptos::prelude::*;

use super::{overview::Overview, path, with_user};
use crate::{
    api::{
        user::UserView,
        user_actions::{CreateResetLink, reversible},
    },
    components::{
        conflict::{Conflict, ConflictValue},
        dialog::{DialogRoute, FormDialog},
        field::FieldSpec,
        form,
        suspension::SuspensionFields,
    },
    context::PageContext,
    labels, text,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: text::user::temporary_password,
    kind: "password",
    autocomplete: "new-password",
    hint: Some(text::user::temporary_password_hint),
    optional: false,
    max: 256,
};

/// Returns the field for a password that an administrator sets, which is permanent or temporary depending on the server.
fn admin_password(context: &PageContext) -> FieldSpec {
    if context.site.lasting_passwords {
        FieldSpec {
            label: text::user::password,
            hint: Some(text::user::lasting_password_hint),
            ..PASSWORD
        }
    } else {
        PASSWORD
    }
}

/// Returns the path of a user's dialog and of the page behind it.
fn route(user_view: &UserView, word: &str) -> DialogRoute {
    let back = path(&user_view.user.summary);
    DialogRoute {
        path: format!("{back}/{word}"),
        back,
    }
}

/// Returns the reason for denial if the user is deleted.
fn deleted_notice(user: &UserDetail) -> Option<String> {
    let deleted = user.deleted_at.is_some();
    deleted.then(|| text::user::deleted_notice().to_owned())
}

/// Renders the hidden fields that identify the user and the page to return to.
#[component]
fn About(
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

/// Renders the dialog that suspends a user.
#[component]
pub fn SuspendUser() -> impl IntoView {
    view! {
        <Overview />
        {with_user(|user_view| view! { <SuspendForm user_view=user_view /> })}
    }
}

/// Returns the reason why the user cannot be suspended by this form.
fn suspension_denied(user_view: &UserView) -> Option<String> {
    let suspended = user_view.user.summary.status == Status::Suspended;
    let denied = user_view
        .denied_actions
        .reason(UserAction::Suspend)
        .or(deleted_notice(&user_view.user));
    denied.or_else(|| suspended.then(|| text::message::of(&messages::already_suspended())))
}

fn status(user: &UserSummary) -> String {
    labels::status(user.status).to_owned()
}

#[component]
fn SuspendForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, UserAction::Suspend.as_str());
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<reversible::SuspendUser>(&route.path);
    let title = text::actions::suspend_user(&user_view.user.summary.username);
    let conflict = Conflict::of(form_state);
    let version = conflict.version(&context, user_view.user.summary.version);
    let mine = status(&user_view.user.summary);
    view! {
        <FormDialog
            title=title.clone()
            route=route
            form_state=form_state
            denied=suspension_denied(&user_view)
            action=Signal::stored(title)
            danger=true
        >
            <p>{text::user::suspend_meaning()}</p>
            <ConflictValue conflict=conflict mine=mine pick=|user: &UserDetail| status(&user.summary) />
            <input type="hidden" name="version" value=version />
            <SuspensionFields context=context form_state=form_state />
            <About user_view=user_view />
        </FormDialog>
    }
}

/// Renders the dialog that creates a password reset link.
#[component]
pub fn Reset() -> impl IntoView {
    view! {
        <Overview />
        {with_user(|user_view| view! { <ResetForm user_view=user_view /> })}
    }
}

#[component]
fn ResetForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, UserAction::Reset.as_str());
    let form_state = form::send::<CreateResetLink>(&route.path);
    view! {
        <FormDialog
            title=text::user::reset_for(&user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=user_view.denied_actions.reason(UserAction::Reset).or(deleted_notice(&user_view.user))
            action=Signal::stored(text::user::create_link().to_owned())
        >
            <p>{text::user::reset_meaning()}</p>
            <p>{text::user::reset_effect()}</p>
            <About user_view=user_view />
        </FormDialog>
    }
}
