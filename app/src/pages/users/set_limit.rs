//! Dialog that sets a limit of each of the selected users.

use domain::{permission::Permission, users::bulk::BulkOutcome};
use leptos::prelude::*;

use super::selected;
use crate::{
    api::{limits::bulk::PreviewUserLimits, read::ReadRequest},
    components::{
        limit_form::limit_of_users,
        list::bulk_dialog::{BulkDialog, BulkSelection},
    },
    text,
};

/// Path of the dialog.
pub(super) const PATH: &str = "/users/bulk/limit";

/// Renders the dialog.
#[component]
pub fn SetLimit() -> impl IntoView {
    let preview = |selected| ReadRequest::of(PreviewUserLimits { selected });
    selected::dialog(PATH, text::limits::set_for_users(), preview, form)
}

fn form(selection: BulkSelection, preview: BulkOutcome) -> AnyView {
    let (form_state, fields) = limit_of_users(PATH);
    view! {
        <BulkDialog
            title=text::limits::set_for_users()
            selection=selection
            preview=preview
            form_state=form_state
            action=Callback::new(text::limits::set_for_count)
            effect=text::limits::set_for_users_effect().into_any()
            danger=false
            right=Permission::LimitsWrite
        >
            {fields}
        </BulkDialog>
    }
    .into_any()
}
