//! Dialog that transfers all resources of a user to another one.

use domain::{permission::Permission, resources::ResourceListParams};
use leptos::prelude::*;

use super::{may_transfer_all, route};
use crate::{
    api::resources::changes::TransferResources as TransferForm,
    components::{
        dialog::FormDialog, form, parameters::use_list_params, typed::typed_or,
        user_field::UserField,
    },
    context::PageContext,
    text,
};

/// Path of the dialog.
pub(super) const PATH: &str = "/resources/transfer";

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
            <UserField
                name="from"
                label=text::resources::present_owner
                value=typed_or(&context, "from", || owner.clone())
                error=form_state.error("from")
                first=!is_known
            />
            <UserField
                name="to"
                label=text::resources::new_owner
                value=context.typed("to")
                error=form_state.error("to")
                first=is_known
            />
        </FormDialog>
    }
}
