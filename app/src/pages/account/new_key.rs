//! Creation of a virtual key for oneself.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use super::{CURRENT_PASSWORD, tokens::Tokens};
use crate::{
    api::{
        access_tokens::OWN,
        virtual_keys::{CreateOwnVirtualKey, own_draft},
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        key_fields::KeyFields,
    },
    context::PageContext,
    text,
};

const PATH: &str = "/account/tokens/new-key";

const PASSWORD: FieldSpec = FieldSpec {
    hint: Some(text::virtual_keys::password_hint),
    ..CURRENT_PASSWORD
};

/// Renders the dialog that creates a virtual key.
#[component]
pub fn NewKey() -> impl IntoView {
    let context = PageContext::current();
    let longest = context.site.token_max_days;
    let context = context.of_form(PATH);
    let check = move |form: CreateOwnVirtualKey| -> FieldErrors {
        own_draft(form).check(longest).err().unwrap_or_default()
    };
    let form_state = form::send_checked::<CreateOwnVirtualKey>(PATH, check);
    let route = DialogRoute {
        path: PATH.to_owned(),
        back: OWN.to_owned(),
    };
    view! {
        <Tokens />
        <FormDialog
            route=route
            title=text::virtual_keys::new()
            form_state=form_state
            denied=None
            action=Signal::stored(text::virtual_keys::create().to_owned())
            own=true
        >
            <KeyFields context=context form_state=form_state />
            <Field spec=PASSWORD error=form_state.error("current_password") />
        </FormDialog>
    }
}
