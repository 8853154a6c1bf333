//! Creation of a password reset link.

use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_user},
    About, deleted_notice, route,
};
use crate::{
    api::{user::UserView, user_actions::CreateResetLink},
    components::{dialog::FormDialog, form},
};

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
    let route = route(&user_view, "reset");
    let form_state = form::send::<CreateResetLink>(&route.path);
    view! {
        <FormDialog
            title=format!("Create reset link for {}", user_view.user.summary.username)
            route=route
            form_state=form_state
            denied=user_view.denied_actions.reset.clone().or(deleted_notice(&user_view.user))
            action=Signal::stored("Create link".to_owned())
        >
            <p>
                "Creates a one-time link, valid for 1 hour, to set a new password. Earlier links stop working."
            </p>
            <p>"Their password and sessions don't change until they use it."</p>
            <About user_view=user_view />
        </FormDialog>
    }
}
