//! Suspension of a user.

use domain::users::{Status, UserSummary, detail::UserDetail, suspension::ALREADY_SUSPENDED};
use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About, in_bin, place,
};
use crate::{
    api::{people::SuspendUser, person::Person},
    components::{
        conflict::{Conflict, Theirs},
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
        {with_person(|person| view! { <SuspendForm person=person /> })}
    }
}

/// Returns the reason why the user cannot be suspended by this form.
fn refusal(person: &Person) -> Option<String> {
    let suspended = person.user.summary.status == Status::Suspended;
    let refusal = person.refusals.suspend.clone().or(in_bin(&person.user));
    refusal.or_else(|| suspended.then(|| ALREADY_SUSPENDED.to_owned()))
}

fn status(user: &UserSummary) -> String {
    capitalised(user.status.as_str())
}

#[component]
fn SuspendForm(person: Person) -> impl IntoView {
    let place = place(&person, "suspend");
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<SuspendUser>(&place.path);
    let username = person.user.summary.username.clone();
    let conflict = Conflict::of(sending);
    let version = conflict.version(&context, person.user.summary.version);
    let mine = status(&person.user.summary);
    view! {
        <FormDialog
            title=format!("Suspend {username}")
            place=place
            sending=sending
            refusal=refusal(&person)
            action=Signal::stored(format!("Suspend {username}"))
            danger=true
        >
            <p>"They are signed out everywhere immediately and can't sign in."</p>
            <Theirs conflict=conflict mine=mine pick=|user: &UserDetail| status(&user.summary) />
            <input type="hidden" name="version" value=version />
            <SuspensionFields context=context sending=sending />
            <About person=person />
        </FormDialog>
    }
}
