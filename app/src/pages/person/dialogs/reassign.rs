//! Giving what a person owns to another.

use leptos::prelude::*;

use super::{
    super::{data::Data, with_person},
    About, in_bin, place,
};
use crate::{
    api::{people::ReassignData, person::Person},
    components::{
        dialog::{FormDialog, Place},
        field::{Field, FieldSpec},
    },
    context::PageContext,
    format::count,
    pages::form,
};

const TO: FieldSpec = FieldSpec {
    name: "to",
    label: "New owner",
    kind: "text",
    autocomplete: "off",
    hint: Some("Username or number"),
    optional: false,
    max: 50,
};

/// The tab that it is over.
const TAB: &str = "/data";

/// The dialog that gives personas away.
#[component]
pub fn Reassign() -> impl IntoView {
    view! {
        <Data />
        {with_person(|person| view! { <ReassignForm person=person /> })}
    }
}

#[component]
fn ReassignForm(person: Person) -> impl IntoView {
    let place = place(&person, "reassign");
    let place = Place {
        back: format!("{}{TAB}", place.back),
        ..place
    };
    let context = expect_context::<PageContext>().of_form(&place.path);
    let sending = form::send::<ReassignData>(&place.path);
    view! {
        <FormDialog
            title=format!("Give away what {} owns", person.user.summary.username)
            place=place
            sending=sending
            refusal=person.refusals.edit.clone().or(in_bin(&person.user))
            action=Signal::stored("Give to new owner".to_owned())
        >
            <p>
                "All " <b>{count(person.user.summary.persona_count.into())}</b>
                " personas, with the ontologies and annotations under them."
            </p>
            <Field spec=TO value=context.typed("to") fault=sending.fault("to") first=true />
            <About person=person tab=TAB />
        </FormDialog>
    }
}
