//! Dialog that creates a resource.

use domain::{fields::FieldErrors, permission::Permission, resources::ResourceListParams};
use leptos::prelude::*;

use super::{dialogs::NAME, edit::CLIENT, route};
use crate::{
    api::resources::create::{CreateResource, draft},
    components::{
        dialog::FormDialog,
        field::{Field, FieldSpec},
        form,
        name_field::NameField,
        name_search,
        parameters::use_list_params,
        typed::typed_or,
        user_field::UserField,
    },
    context::PageContext,
    text,
};

/// Path of the dialog.
pub(super) const PATH: &str = "/resources/new";

const KIND: FieldSpec = FieldSpec {
    name: "kind",
    label: text::resources::kind,
    hint: Some(text::resources::kind_hint),
    max: 50,
    ..NAME
};

const EXTERNAL_ID: FieldSpec = FieldSpec {
    name: "external_id",
    label: text::resources::external_id,
    hint: Some(text::resources::external_id_hint),
    ..NAME
};

/// Renders the dialog. It suggests the kind whose resources the list shows.
#[component]
pub fn NewResource() -> impl IntoView {
    let params = use_list_params::<ResourceListParams>().get_untracked();
    let kind = params.kind.clone().unwrap_or_default();
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send_checked::<CreateResource>(PATH, check);
    let is_known = !kind.is_empty();
    view! {
        <FormDialog
            route=route(PATH, &params)
            title=text::resources::new()
            form_state=form_state
            denied=None
            action=Signal::stored(text::resources::create().to_owned())
            right=Permission::ResourcesWrite
        >
            <Field
                spec=KIND
                value=typed_or(&context, "kind", || kind.clone())
                error=form_state.error("kind")
                first=!is_known
            />
            <Field
                spec=EXTERNAL_ID
                value=context.typed("external_id")
                error=form_state.error("external_id")
                first=is_known
            />
            <Field spec=NAME value=context.typed("name") error=form_state.error("name") />
            <UserField
                name="owner"
                label=text::resources::owner
                optional=true
                value=context.typed("owner")
                error=form_state.error("owner")
            />
            <NameField
                spec=CLIENT
                value=context.typed("client")
                error=form_state.error("client")
                search=Signal::stored(name_search::clients())
            />
        </FormDialog>
    }
}

/// Validates the typed form.
fn check(form: CreateResource) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}
