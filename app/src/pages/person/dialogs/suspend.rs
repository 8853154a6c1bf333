//! Keeping a person out.

use leptos::prelude::*;

use super::{
    super::{overview::Overview, with_person},
    About,
    edit::in_bin,
    place, ticked,
};
use crate::{
    api::{people::SuspendUser, person::Person},
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
    },
    context::PageContext,
    pages::form,
    routes::Hydrated,
};

const REASON: FieldSpec = FieldSpec {
    name: "reason",
    label: "Reason",
    kind: "text",
    autocomplete: "off",
    hint: Some("Whoever looks at this account later will ask."),
    optional: false,
    max: 500,
};

const UNTIL: FieldSpec = FieldSpec {
    name: "until",
    label: "Until",
    kind: "datetime-local",
    autocomplete: "off",
    hint: Some("Then it lifts itself. Empty: until somebody lifts it."),
    optional: true,
    max: 20,
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
    let (until, set_until) = signal(context.typed("until"));
    // The field gives a time without a zone: the server has to be told which one was meant.
    let offset = move || match until.get() {
        local if Hydrated::now() && !local.is_empty() => {
            -js_sys::Date::new(&local.into()).get_timezone_offset()
        }
        _ => 0.0,
    };
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
            <Field spec=REASON value=context.typed("reason") fault=sending.fault("reason") />
            <label class="check">
                <input
                    type="checkbox"
                    name="tell_reason"
                    value="true"
                    checked=ticked(&context, "tell_reason", false)
                />
                <span>
                    "Tell them the reason"
                    <span class="check-note">"When they sign in with the right password"</span>
                </span>
            </label>
            <div on:input=move |event| set_until.set(event_target_value(&event))>
                <Field spec=UNTIL value=context.typed("until") fault=sending.fault("until") />
                <p class="field-note">
                    {move || if Hydrated::now() { "In your time zone" } else { "In UTC" }}
                </p>
            </div>
            <input type="hidden" name="offset" value=move || offset().to_string() />
            <About person=person />
        </FormDialog>
    }
}
