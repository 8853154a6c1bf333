//! Deletion of the account of the signed-in user. The dialog shows the counts of the data, and requires the username and the password.

use domain::users::deletion::DeletionPreview;
use leptos::prelude::*;

use super::{CURRENT_PASSWORD, data::Data};
use crate::{
    api::{
        account::{DeleteAccount, preview_own_deletion},
        error::ApiError,
    },
    components::{
        deletion::{CONFIRM, Uncounted},
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        owned::{Counts, and_things},
        time::Exactly,
    },
    context::PageContext,
};

const PATH: &str = "/account/delete";

/// Renders the dialog that deletes the account.
#[component]
pub fn Delete() -> impl IntoView {
    let counted = Resource::new(|| (), |()| preview_own_deletion());
    view! {
        <Data />
        <Transition fallback=|| view! { <Uncounted route=route() problem=None /> }>
            {move || Suspend::new(async move {
                match counted.await {
                    Ok(preview) => view! { <DeleteForm preview=preview /> }.into_any(),
                    Err(ApiError(problem)) => {
                        view! { <Uncounted route=route() problem=Some(problem) /> }.into_any()
                    }
                }
            })}
        </Transition>
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
        Some(until) => view! {
            "An administrator can restore your account until " <Exactly at=until /> ". Sessions are not restored."
        }
        .into_any(),
        None => "This is permanent and can't be undone.".into_any(),
    };
    let confirm = FieldSpec {
        label: "Type your username to confirm",
        ..CONFIRM
    };
    view! {
        <FormDialog
            title="Delete my account"
            route=route()
            form_state=form_state
            denied=preview.denied
            action=Signal::derive(move || format!("Delete my account{}", and_things(counts.now())))
            danger=true
            own=true
        >
            <p>
                "This signs out " <b>{name}</b> " everywhere and deletes:"
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
