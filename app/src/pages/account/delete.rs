//! Deletion of the account of the signed-in user. The dialog shows the counts of the data, and requires the username and the password.

use domain::users::deletion::DeletionPreview;
use leptos::prelude::*;

use super::{CURRENT_PASSWORD, data::Data};
use crate::{
    api::{
        account::{DeleteAccount, PreviewOwnDeletion},
        read::ReadRequest,
    },
    components::{
        deletion::{CONFIRM, Uncounted},
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        loaded::Loaded,
        owned::Counts,
        time::Exactly,
    },
    context::PageContext,
    text,
};

const PATH: &str = "/account/delete";

/// Renders the dialog that deletes the account.
#[component]
pub fn Delete() -> impl IntoView {
    let counted = Loaded::new(|| ReadRequest::of(PreviewOwnDeletion {}));
    let fallback = || view! { <Uncounted route=route() problem=None /> };
    let dialog = counted.draw(fallback, |counted| match counted {
        Ok(preview) => view! { <DeleteForm preview=preview /> }.into_any(),
        Err(problem) => view! { <Uncounted route=route() problem=Some(problem) /> }.into_any(),
    });
    view! {
        <Data />
        {dialog}
    }
}

/// Returns the path of the dialog and of the page behind it.
fn route() -> DialogRoute {
    DialogRoute {
        path: PATH.to_owned(),
        back: "/account/data".to_owned(),
    }
}

#[component]
fn DeleteForm(preview: DeletionPreview) -> impl IntoView {
    let context = expect_context::<PageContext>();
    let name = context.principal.as_ref().map(|own| own.username.clone());
    let context = context.of_form(PATH);
    let form_state = form::send::<DeleteAccount>(PATH);
    let counts = Counts::of(form_state, preview.counts);
    let fate = match preview.restorable_until {
        Some(until) => {
            let [before, after] = text::account::delete_restorable_around();
            view! { {before} <Exactly at=until /> {after} }.into_any()
        }
        None => text::account::delete_permanent().into_any(),
    };
    let confirm = FieldSpec {
        label: text::account::delete_confirm,
        ..CONFIRM
    };
    let action = move || match counts.total() {
        0 => text::account::delete().to_owned(),
        total => text::account::delete_with(total),
    };
    let [before, after] = text::account::delete_lead_around();
    view! {
        <FormDialog
            title=text::account::delete()
            route=route()
            form_state=form_state
            denied=preview.denied.map(String::from)
            action=Signal::derive(action)
            danger=true
            own=true
        >
            <p>
                {before} <b><bdi>{name}</bdi></b> {after}
            </p>
            {counts.table()}
            <div class="notice tone-danger">
                <p>{fate}</p>
            </div>
            <Field spec=confirm value=context.typed("confirm") error=form_state.error("confirm") first=true />
            <Field spec=CURRENT_PASSWORD error=form_state.error("current_password") />
        </FormDialog>
    }
}
