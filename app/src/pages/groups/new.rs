//! Creation of a group.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use crate::{
    api::groups::{CreateGroup, GROUPS, draft},
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        text_area::TextArea,
    },
    context::PageContext,
    text,
};

const PATH: &str = "/groups/new";

/// Name of a group.
pub(super) const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::groups::name,
    kind: "text",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 200,
};

/// Purpose of a group.
pub(super) const DESCRIPTION: FieldSpec = FieldSpec {
    name: "description",
    label: text::groups::description,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::groups::description_hint),
    optional: true,
    max: 2_000,
};

/// Validates the typed form.
fn check(form: CreateGroup) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

/// Renders the dialog that creates a group.
#[component]
pub fn NewGroup() -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send_checked::<CreateGroup>(PATH, check);
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
            <Field spec=NAME value=context.typed("name") error=form_state.error("name") first=true />
            <TextArea
                spec=DESCRIPTION
                value=context.typed("description")
                rows=3
                error=form_state.error("description")
            />
        </FormDialog>
    }
}
