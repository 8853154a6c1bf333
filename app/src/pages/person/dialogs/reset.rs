//! Creation of a password reset link.

use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, in_bin, place,
};
use crate::{
    api::{people::CreateResetLink, person::Person},
    components::{dialog::FormDialog, form},
};

/// Renders the dialog that creates a password reset link.
#[component]
pub fn Reset() -> impl IntoView {
    view! {
        <Overview />
        {with_person(|person| view! { <ResetForm person=person /> })}
    }
}

#[component]
fn ResetForm(person: Person) -> impl IntoView {
    let place = place(&person, "reset");
    let sending = form::send::<CreateResetLink>(&place.path);
    view! {
        <FormDialog
            title=format!("Create reset link for {}", person.user.summary.username)
            place=place
            sending=sending
            refusal=person.refusals.reset.clone().or(in_bin(&person.user))
            action=Signal::stored("Create link".to_owned())
        >
            <p>
                "Creates a one-time link, valid for 1 hour, to set a new password. Earlier links stop working."
            </p>
            <p>"Their password and sessions don't change until they use it."</p>
            <About person=person />
        </FormDialog>
    }
}
