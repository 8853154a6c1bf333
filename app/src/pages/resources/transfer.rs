//! Dialog that transfers all resources of a user to another one.

use domain::{permission::Permission, resources::ResourceListParams};
use leptos::prelude::*;

use super::{dialogs::NAME, may_transfer_all, named, route};
use crate::{
    api::resources::changes::TransferResources as TransferForm,
    components::{
        dialog::FormDialog, field::FieldSpec, form, name_field::NameField,
        parameters::use_list_params, typed::typed_or,
    },
    context::PageContext,
    text,
};

/// Path of the dialog.
pub(super) const PATH: &str = "/resources/transfer";

const FROM: FieldSpec = FieldSpec {
    name: "from",
    label: text::resources::present_owner,
    hint: Some(text::resources::user_hint),
    max: 50,
    ..NAME
};

const TO: FieldSpec = FieldSpec {
    name: "to",
    label: text::resources::new_owner,
    ..FROM
};

/// Renders the dialog. It suggests the owner whose resources the list shows.
#[component]
pub fn TransferResources() -> impl IntoView {
    let params = use_list_params::<ResourceListParams>().get_untracked();
    let owner = params.owner.clone().unwrap_or_default();
    let context = expect_context::<PageContext>().of_form(PATH);
    let form_state = form::send::<TransferForm>(PATH);
    let is_known = !owner.is_empty();
    let denied = (!may_transfer_all())
        .then(|| text::message::of(&Permission::UsersWrite.read_only_message()));
    view! {
        <FormDialog
            route=route(PATH, &params)
            title=text::resources::transfer_all()
            form_state=form_state
            denied=denied
            action=Signal::stored(text::resources::transfer_all_button().to_owned())
            right=Permission::ResourcesWrite
        >
            <p>{text::resources::transfer_all_text()}</p>
            <NameField
                spec=FROM
                value=typed_or(&context, "from", || owner.clone())
                error=form_state.error("from")
                search=Signal::stored(named::users())
                first=!is_known
            />
            <NameField
                spec=TO
                value=context.typed("to")
                error=form_state.error("to")
                search=Signal::stored(named::users())
                first=is_known
            />
        </FormDialog>
    }
}
