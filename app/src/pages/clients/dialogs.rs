//! Dialogs that create and edit a client.

use domain::{clients::Client, fields::FieldErrors, permission::Permission, stored::StoredObject};
use leptos::prelude::*;

use super::route;
use crate::{
    api::{
        clients::{CreateClient, EditClient, FindClient, draft, edit},
        read::ReadRequest,
    },
    components::{
        deletion::once_loaded,
        dialog::FormDialog,
        field::{Field, FieldSpec},
        form,
        loaded::Loaded,
        object_form::{ObjectConflict, SavedValue, UseTheirs},
        rows::keyed_by,
        typed::typed_or,
    },
    context::PageContext,
    text,
};

const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::clients::name,
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 200,
};

const LOGO_URL: FieldSpec = FieldSpec {
    name: "logo_url",
    label: text::clients::logo_url,
    hint: Some(text::clients::logo_url_hint),
    optional: true,
    max: 2_000,
    ..NAME
};

/// Renders the dialog that creates a client.
#[component]
pub fn New() -> impl IntoView {
    let route = route("new");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<CreateClient>(&route.path, check_new);
    view! {
        <FormDialog
            route=route
            title=text::clients::new()
            form_state=form_state
            denied=None
            action=Signal::stored(text::clients::create().to_owned())
            right=Permission::ClientsWrite
        >
            <Field spec=NAME value=context.typed("name") error=form_state.error("name") first=true />
            <Field
                spec=LOGO_URL
                value=context.typed("logo_url")
                error=form_state.error("logo_url")
            />
        </FormDialog>
    }
}

/// Renders the dialog that edits a client.
#[component]
pub fn Edit() -> impl IntoView {
    keyed_by("id", |id| {
        let route = route(&format!("{id}/edit"));
        let client = Loaded::new(move || ReadRequest::of(FindClient { id: id.clone() }));
        let title = text::clients::edit_any();
        once_loaded(client, route, title, ViewFnOnce::default(), |client| {
            view! { <EditForm client=client /> }.into_any()
        })
    })
}

/// Validates the typed form of a new client.
fn check_new(form: CreateClient) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

/// Validates the typed form of a stored client.
fn check_edit(form: EditClient) -> FieldErrors {
    edit(form).check().err().unwrap_or_default()
}

/// Returns a value of a saved client.
fn saved(object: &StoredObject, value: fn(&Client) -> String) -> Option<String> {
    match object {
        StoredObject::Client(client) => Some(value(client)),
        _ => None,
    }
}

fn stored_name(object: &StoredObject) -> Option<String> {
    saved(object, |client| client.name.clone())
}

/// Returns the URL of the logo; empty if there is none.
fn logo_url(client: &Client) -> String {
    client.logo_url.clone().unwrap_or_default()
}

#[component]
fn EditForm(client: Client) -> impl IntoView {
    let route = route(&format!("{}/edit", client.id));
    let path = route.path.clone();
    let context = expect_context::<PageContext>().of_form(&path);
    let form_state = form::send_checked::<EditClient>(&path, check_edit);
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, client.version);
    let shown = conflict.value(stored_name, client.name.clone());
    let first = [
        ("name", client.name.clone()),
        ("logo_url", logo_url(&client)),
    ];
    let first = conflict.first(&context, &first);
    let name = typed_or(&context, "name", || client.name.clone());
    let logo = typed_or(&context, "logo_url", || logo_url(&client));
    view! {
        <FormDialog
            route=route
            title=text::clients::edit_of(&client.name)
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::ClientsWrite
        >
            <UseTheirs conflict=conflict path=path />
            {first}
            <Field spec=NAME value=name.clone() error=form_state.error("name") first=true />
            <SavedValue
                conflict=Some(conflict)
                mine=name
                pick=stored_name
            />
            <Field spec=LOGO_URL value=logo.clone() error=form_state.error("logo_url") />
            <SavedValue
                conflict=Some(conflict)
                mine=logo
                pick=|object| saved(object, logo_url)
            />
            <input type="hidden" name="id" value=client.id.to_string() />
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="shown" value=shown />
        </FormDialog>
    }
}
