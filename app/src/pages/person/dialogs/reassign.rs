//! Transfer of a user's data to another user.

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
        form,
    },
    context::PageContext,
    format::count,
};

const TO: FieldSpec = FieldSpec {
    name: "to",
    label: "New owner",
    kind: "text",
    autocomplete: "off",
    hint: Some("Username or number, e.g. number:112"),
    optional: false,
    max: 50,
};

/// Path suffix of the tab behind the dialog.
const TAB: &str = "/data";

/// Renders the dialog that transfers all personas.
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
    let first = i64::from(person.user.summary.persona_count);
    // Number of personas from the server, if it denied the last attempt because the number had changed.
    let personas = Memo::new(move |known: Option<&i64>| {
        let counts = sending
            .problem
            .with(|problem| problem.as_ref()?.details.counts);
        let changed = counts.map(|counts| counts.personas);
        changed.or(known.copied()).unwrap_or(first)
    });
    let action = move || match personas.get() {
        1 => "Transfer 1 persona".to_owned(),
        number => format!("Transfer {} personas", count(number)),
    };
    view! {
        <FormDialog
            title=format!("Transfer {}'s data", person.user.summary.username)
            place=place
            sending=sending
            refusal=person.refusals.edit.clone().or(in_bin(&person.user))
            action=Signal::derive(action)
        >
            <p>"The new owner also receives the ontologies and annotations of the personas."</p>
            <input type="hidden" name="personas" value=move || personas.get().to_string() />
            <Field spec=TO value=context.typed("to") fault=sending.fault("to") first=true />
            <About person=person tab=TAB />
        </FormDialog>
    }
}
