//! Keeping a person out.

use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, in_bin, place,
};
use crate::{
    api::{people::SuspendUser, person::Person},
    components::dialog::FormDialog,
    context::PageContext,
    pages::{form, suspension::SuspensionFields},
};

/// The dialog that suspends a person.
#[component]
pub fn Suspend() -> impl IntoView {
    view! {
        <Overview />
        {with_person(|person| view! { <SuspendForm person=person /> })}
    }
}

#[component]
fn SuspendForm(person: Person) -> impl IntoView {
    let place = place(&person, "suspend");
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<SuspendUser>(&place.path);
    let username = person.user.summary.username.clone();
    view! {
        <FormDialog
            title=format!("Suspend {username}")
            place=place
            sending=sending
            refusal=person.refusals.suspend.clone().or(in_bin(&person.user))
            action=Signal::stored(format!("Suspend {username}"))
            danger=true
        >
            <p>"They are signed out everywhere at once and cannot sign in."</p>
            <SuspensionFields context=context sending=sending />
            <About person=person />
        </FormDialog>
    }
}
