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
        form,
        loaded::Loaded,
        object_fields::{ObjectField, edit_fields, new_fields},
        object_form::ObjectConflict,
        rows::keyed_by,
    },
    text,
};

const NAME: ObjectField = ObjectField::new("name", text::clients::name, 200, |object| {
    saved(object, |client| client.name.clone())
});

const LOGO_URL: ObjectField =
    ObjectField::new("logo_url", text::clients::logo_url, 2_000, |object| {
        saved(object, logo_url)
    })
    .optional(Some(text::clients::logo_url_hint));

/// Renders the dialog that creates a client.
#[component]
pub fn New() -> impl IntoView {
    let route = route("new");
    let form_state = form::send_checked::<CreateClient>(&route.path, check_new);
    let fields = new_fields(&route.path, form_state, &[NAME, LOGO_URL]);
    view! {
        <FormDialog
            route=route
            title=text::clients::new()
            form_state=form_state
            denied=None
            action=Signal::stored(text::clients::create().to_owned())
            right=Permission::ClientsWrite
        >
            {fields}
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

/// Returns the URL of the logo; empty if there is none.
fn logo_url(client: &Client) -> String {
    client.logo_url.clone().unwrap_or_default()
}

#[component]
fn EditForm(client: Client) -> impl IntoView {
    let route = route(&format!("{}/edit", client.id));
    let form_state = form::send_checked::<EditClient>(&route.path, check_edit);
    let conflict = ObjectConflict::of(form_state);
    let values = vec![(NAME, client.name.clone()), (LOGO_URL, logo_url(&client))];
    let fields = edit_fields(&route.path, form_state, conflict, client.version, values);
    view! {
        <FormDialog
            route=route
            title=text::clients::edit_of(&client.name)
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::ClientsWrite
        >
            {fields}
            <input type="hidden" name="id" value=client.id.to_string() />
        </FormDialog>
    }
}
