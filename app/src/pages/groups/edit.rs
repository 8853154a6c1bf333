//! Dialog that edits the name and the description of a group.

use domain::{fields::FieldErrors, permission::Permission, stored::StoredObject};
use leptos::prelude::*;

use super::{
    new::{DESCRIPTION, NAME},
    page::{route, with_group},
    stored_group, stored_name,
};
use crate::{
    api::groups::{EditGroup as Form, GroupView, edit},
    components::{
        dialog::FormDialog,
        field::Field,
        form,
        object_form::{ObjectConflict, SavedValue},
        text_area::TextArea,
        typed::typed_or,
    },
    context::PageContext,
    text,
};

/// Renders the dialog.
#[component]
pub fn EditGroup() -> impl IntoView {
    with_group(|group| view! { <EditForm group=group /> })
}

/// Validates the typed form.
fn check(form: Form) -> FieldErrors {
    edit(form).check().err().unwrap_or_default()
}

fn stored_description(object: &StoredObject) -> Option<String> {
    stored_group(object).map(|group| group.description.clone())
}

#[component]
fn EditForm(group: GroupView) -> impl IntoView {
    let route = route(&group, "edit");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<Form>(&route.path, check);
    let name = typed_or(&context, "name", || group.name.clone());
    let description = typed_or(&context, "description", || group.description.clone());
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, group.version);
    let shown = conflict.value(stored_name, group.name.clone());
    let first = [
        ("name", group.name.clone()),
        ("description", group.description.clone()),
    ];
    let first = conflict.first(&context, &first);
    view! {
        <FormDialog
            title=text::groups::edit_title(&group.name)
            route=route
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::GroupsWrite
        >
            <input type="hidden" name="id" value=group.id.to_string() />
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="shown" value=shown />
            {first}
            <Field spec=NAME value=name.clone() error=form_state.error("name") first=true />
            <SavedValue conflict=Some(conflict) mine=name pick=stored_name />
            <TextArea
                spec=DESCRIPTION
                value=description.clone()
                rows=3
                error=form_state.error("description")
            />
            <SavedValue conflict=Some(conflict) mine=description pick=stored_description />
        </FormDialog>
    }
}
