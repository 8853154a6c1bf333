//! Creation of a group.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use super::{stored_description, stored_name};
use crate::{
    api::groups::{CreateGroup, GROUPS, draft},
    components::{
        dialog::{DialogRoute, FormDialog},
        form,
        object_fields::{ObjectField, new_fields},
    },
    text,
};

const PATH: &str = "/groups/new";

/// Name of a group.
pub(super) const NAME: ObjectField = ObjectField::new("name", text::groups::name, 200, stored_name);

/// Purpose of a group.
pub(super) const DESCRIPTION: ObjectField = ObjectField::new(
    "description",
    text::groups::description,
    2_000,
    stored_description,
)
.optional(Some(text::groups::description_hint))
.with_lines(3);

/// Validates the typed form.
fn check(form: CreateGroup) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

/// Renders the dialog that creates a group.
#[component]
pub fn NewGroup() -> impl IntoView {
    let form_state = form::send_checked::<CreateGroup>(PATH, check);
    let fields = new_fields(PATH, form_state, &[NAME, DESCRIPTION]);
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: GROUPS.to_owned(),
    };
    view! {
        <FormDialog
            route=route
            title=text::groups::create()
            form_state=form_state
            denied=None
            action=Signal::stored(text::groups::create().to_owned())
            right=Permission::GroupsWrite
        >
            {fields}
        </FormDialog>
    }
}
