//! Dialog that changes a virtual key.

use domain::{access_tokens::AccessToken, permission::Permission};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::{
        read::ReadRequest,
        user::path_of,
        virtual_keys::{
            FindVirtualKey,
            edit::{EditVirtualKey as EditForm, edit},
        },
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        form,
        key_fields::edit::{fields, stored_name},
        loaded::Loaded,
        object_form::{ObjectConflict, UseTheirs},
        rows::keyed_by,
        tab::with,
    },
    context::PageContext,
    text,
};

/// Renders the dialog.
#[component]
pub fn EditVirtualKey() -> impl IntoView {
    keyed_by("id", |id| {
        // No key has the nil id.
        let id = id.parse().unwrap_or(Uuid::nil());
        let key = Loaded::new(move || ReadRequest::of(FindVirtualKey { id }));
        with(key, |key| view! { <KeyForm key=key /> })
    })
}

#[component]
fn KeyForm(key: AccessToken) -> impl IntoView {
    let back = format!("{}/keys", path_of(key.user.id, &key.user.username));
    let route = DialogRoute {
        path: format!("{back}/tokens/{}/edit", key.id),
        back: back.clone(),
    };
    let url = route.path.clone();
    let context = PageContext::current();
    let longest = context.site.token_max_days;
    let context = context.of_form(&url);
    let form_state = form::send_checked::<EditForm>(&url, move |form| {
        edit(form, longest).err().unwrap_or_default()
    });
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, key.version);
    let shown = conflict.value(stored_name, key.name.clone());
    let over = key.state.is_over() || key.key.is_none();
    let fields = fields(&context, &key, form_state, conflict);
    view! {
        <FormDialog
            title=text::virtual_keys::edit_title(&key.name)
            route=route
            form_state=form_state
            denied=over.then(|| text::virtual_keys::over().to_owned())
            action=conflict.action()
            right=Permission::TokensWrite
        >
            <UseTheirs conflict=conflict path=url />
            {fields}
            <input type="hidden" name="page" value=back />
            <input type="hidden" name="id" value=key.id.to_string() />
            <input type="hidden" name="username" value=key.user.username />
            <input type="hidden" name="shown" value=shown />
            <input type="hidden" name="version" value=version />
        </FormDialog>
    }
}
