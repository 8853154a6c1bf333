//! Suspension of a user.

use domain::users::{Status, UserSummary, detail::UserDetail, suspension::ALREADY_SUSPENDED};
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_user},
    About, deleted_notice, route,
};
use crate::{
    api::{user::UserView, user_actions::SuspendUser},
    components::{
        conflict::{Conflict, ConflictValue},
        dialog::FormDialog,
        form,
        suspension::SuspensionFields,
    },
    context::PageContext,
    format::capitalised,
};

/// Renders the dialog that suspends a user.
#[component]
pub fn Suspend() -> impl IntoView {
    view! {
        <Overview />
        {with_user(|user_view| view! { <SuspendForm user_view=user_view /> })}
    }
}

/// Returns the reason why the user cannot be suspended by this form.
fn denied(user_view: &UserView) -> Option<String> {
    let suspended = user_view.user.summary.status == Status::Suspended;
    let denied = user_view
        .denied_actions
        .suspend
        .clone()
        .or(deleted_notice(&user_view.user));
    denied.or_else(|| suspended.then(|| ALREADY_SUSPENDED.to_owned()))
}

fn status(user: &UserSummary) -> String {
    capitalised(user.status.as_str())
}

#[component]
fn SuspendForm(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, "suspend");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<SuspendUser>(&route.path);
    let username = user_view.user.summary.username.clone();
    let conflict = Conflict::of(form_state);
    let version = conflict.version(&context, user_view.user.summary.version);
    let mine = status(&user_view.user.summary);
    view! {
        <FormDialog
            title=format!("Suspend {username}")
            route=route
            form_state=form_state
            denied=denied(&user_view)
            action=Signal::stored(format!("Suspend {username}"))
            danger=true
        >
            <p>"They are signed out everywhere immediately and can't sign in."</p>
            <ConflictValue conflict=conflict mine=mine pick=|user: &UserDetail| status(&user.summary) />
            <input type="hidden" name="version" value=version />
            <SuspensionFields context=context form_state=form_state />
            <About user_view=user_view />
        </FormDialog>
    }
}
