//! Dialog that edits a resource.

use domain::{permission::Permission, resources::OpenedResource, stored::StoredObject};
use leptos::prelude::*;

use super::{
    dialogs::{NAME, route, stored_name},
    page::Opened,
};
use crate::{
    api::resources::changes::EditResource as EditForm,
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
        form,
        name_field::NameField,
        name_search,
        object_form::{ObjectConflict, SavedValue},
        tab::with,
        typed::{ticked, typed_or},
    },
    context::PageContext,
    text,
};

pub(super) const CLIENT: FieldSpec = FieldSpec {
    name: "client",
    label: text::resources::client,
    hint: Some(text::resources::client_hint),
    optional: true,
    ..NAME
};

/// Renders the dialog that edits the resource.
#[component]
pub fn EditResource() -> impl IntoView {
    with(Opened::current().resource, |opened| {
        view! { <Editing opened=opened /> }
    })
}

#[component]
fn Editing(opened: OpenedResource) -> impl IntoView {
    let route = route(&opened, "edit");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<EditForm>(&route.path);
    let conflict = ObjectConflict::of(form_state);
    let resource = opened.listed.resource;
    let version = conflict.version(&context, resource.version);
    let shown = conflict.value(stored_name, resource.name.clone());
    let number = client_number(resource.client_id);
    let client = opened.listed.client.unwrap_or_else(|| number.clone());
    let first = [
        ("name", resource.name.clone()),
        ("client", client.clone()),
        ("active", resource.active.to_string()),
    ];
    let first = conflict.first(&context, &first);
    let name = typed_or(&context, "name", || resource.name.clone());
    let client = typed_or(&context, "client", || client);
    let active = ticked(&context, "active", resource.active);
    view! {
        <FormDialog
            title=text::resources::edit_title(&resource.name)
            route=route
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::ResourcesWrite
        >
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="id" value=resource.id.to_string() />
            <input type="hidden" name="shown" value=shown />
            {first}
            <Field spec=NAME value=name.clone() error=form_state.error("name") first=true />
            <SavedValue conflict=Some(conflict) mine=name pick=stored_name />
            <NameField
                spec=CLIENT
                value=client
                error=form_state.error("client")
                search=Signal::stored(name_search::clients())
            />
            <SavedValue conflict=Some(conflict) mine=number pick=stored_client />
            <label class="check">
                <input type="checkbox" name="active" value="true" checked=active />
                <span>
                    {text::resources::active()}
                    <span class="check-note">{text::resources::active_note()}</span>
                </span>
            </label>
            <SavedValue conflict=Some(conflict) mine=state_text(active) pick=stored_state />
        </FormDialog>
    }
}

/// Returns the number of a client as a field shows it; an empty text for no client.
fn client_number(id: Option<i32>) -> String {
    id.map_or_else(String::new, |id| format!("#{id}"))
}

fn stored_client(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Resource(resource) => Some(client_number(resource.client_id)),
        _ => None,
    }
}

fn stored_state(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Resource(resource) => Some(state_text(resource.active)),
        _ => None,
    }
}

fn state_text(active: bool) -> String {
    let label = if active {
        text::resources::active()
    } else {
        text::resources::inactive()
    };
    label.to_owned()
}
