//! Dialog that edits the name and the description of a group.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use super::{
    new::{DESCRIPTION, NAME},
    page::{route, with_group},
};
use crate::{
    api::groups::{EditGroup as Form, GroupView, edit},
    components::{
        dialog::FormDialog, form, object_fields::edit_fields, object_form::ObjectConflict,
    },
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

#[component]
fn EditForm(group: GroupView) -> impl IntoView {
    let route = route(&group, "edit");
    let form_state = form::send_checked::<Form>(&route.path, check);
    let conflict = ObjectConflict::of(form_state);
    let values = vec![(NAME, group.name.clone()), (DESCRIPTION, group.description)];
    let fields = edit_fields(&route.path, form_state, conflict, group.version, values);
    view! {
        <FormDialog
            title=text::groups::edit_title(&group.name)
            route=route
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::GroupsWrite
        >
            {fields}
            <input type="hidden" name="id" value=group.id.to_string() />
        </FormDialog>
    }
}
