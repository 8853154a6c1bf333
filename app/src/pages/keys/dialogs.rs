//! Dialogs that add or edit a provider API key, of the system or of the signed-in user.

use domain::{keys::ApiKey, permission::Permission};
use leptos::prelude::*;
use time::OffsetDateTime;

use super::table::{KeysPage, is_off};
use crate::{
    api::{
        error::set_not_found,
        keys::{AddKey, EditKey, KeyListing, Owner},
    },
    components::{
        description_list::DescriptionItem,
        dialog::{DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        rows::keyed_by,
        tab::with,
        time::Ago,
        typed::typed_or,
    },
    context::PageContext,
    format::count,
    text,
};

const NAME: FieldSpec = FieldSpec {
    name: "key_name",
    label: text::keys::name,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::keys::name_hint),
    optional: false,
    max: 100,
};

const KEY: FieldSpec = FieldSpec {
    name: "api_key",
    label: text::keys::key,
    kind: "password",
    autocomplete: "off",
    hint: Some(text::keys::key_hint),
    optional: false,
    // Larger than the limit of the server, so that the browser does not truncate a pasted key: the server rejects it as too long.
    max: 10_000,
};

const NEW_KEY: FieldSpec = FieldSpec {
    label: text::keys::new_key,
    hint: Some(text::keys::new_key_hint),
    optional: true,
    ..KEY
};

/// Renders the dialog that adds a key.
#[component]
pub fn Add() -> impl IntoView {
    let shown = expect_context::<KeysPage>();
    with(shown.list, move |listed| {
        view! { <AddForm owner=shown.owner listed=listed /> }
    })
}

/// Renders the dialog that edits a key.
#[component]
pub fn Edit() -> impl IntoView {
    keyed_by("id", |id| view! { <EditOf id=id /> }.into_any())
}

/// Renders the dialog for the key with an id. If the key does not exist, the dialog says so.
#[component]
fn EditOf(id: String) -> impl IntoView {
    let shown = expect_context::<KeysPage>();
    with(shown.list, move |listed| {
        let mut keys = listed.list.keys.into_iter();
        let key = keys.find(|key| key.id.to_string() == id);
        if key.is_none() {
            set_not_found();
        }
        view! { <EditForm owner=shown.owner id=id.clone() key=key now=listed.now /> }
    })
}

/// Returns the path of a dialog and of the page behind it.
fn route(owner: Owner, end: &str) -> DialogRoute {
    let back = owner.page().to_owned();
    DialogRoute {
        path: format!("{back}/{end}"),
        back,
    }
}

/// Returns the reason for denial if the key no longer exists.
fn gone(key: Option<&ApiKey>) -> Option<String> {
    let gone = key.is_none();
    gone.then(|| text::keys::missing().to_owned())
}

#[component]
fn AddForm(owner: Owner, listed: KeyListing) -> impl IntoView {
    let route = route(owner, "new");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<AddKey>(&route.path);
    let keys = listed.list.keys;
    let mut providers = listed
        .list
        .providers
        .into_iter()
        .map(|of| of.provider)
        .collect::<Vec<_>>();
    if owner == Owner::Own {
        // A user can have one key for each provider.
        providers.retain(|provider| keys.iter().all(|key| key.provider != *provider));
    }
    let denied = if is_off() {
        Some(text::keys::off().to_owned())
    } else {
        let full = providers.is_empty();
        full.then(|| text::keys::add_full().to_owned())
    };
    let chosen = typed_or(&context, "provider", || {
        providers.first().cloned().unwrap_or_default()
    });
    view! {
        <FormDialog
            route=route
            title=text::keys::add()
            form_state=form_state
            denied=denied
            action=Signal::stored(text::keys::add().to_owned())
            right=Permission::ApiKeysWrite
            own=owner == Owner::Own
        >
            <fieldset class="field" id="provider" tabindex="-1">
                <legend class="field-label">{text::keys::provider()}</legend>
                {providers
                    .into_iter()
                    .map(|provider| {
                        let checked = provider == chosen;
                        view! {
                            <label class="check">
                                <input type="radio" name="provider" value=provider.clone() checked=checked />
                                <span>{provider}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </fieldset>
            <Field spec=NAME value=context.typed("key_name") error=form_state.error("key_name") first=true />
            <Field spec=KEY error=form_state.error("api_key") />
            <input type="hidden" name="owner" value=owner.as_str() />
        </FormDialog>
    }
}

/// Renders the key that would be replaced: its last characters, number of uses and last use.
fn replaced(key: ApiKey, now: OffsetDateTime) -> impl IntoView {
    let last = match key.last_used_at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => text::keys::never().into_any(),
    };
    view! {
        <dl class="details">
            <DescriptionItem label=text::keys::current_key()>
                <code>{key.key_mask}</code>
            </DescriptionItem>
            <DescriptionItem label=text::keys::uses()>{count(key.usage_count)}</DescriptionItem>
            <DescriptionItem label=text::keys::last_used()>{last}</DescriptionItem>
        </dl>
    }
}

#[component]
fn EditForm(owner: Owner, id: String, key: Option<ApiKey>, now: OffsetDateTime) -> impl IntoView {
    let route = route(owner, &format!("{id}/edit"));
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<EditKey>(&route.path);
    let denied = gone(key.as_ref());
    let name = key.as_ref().map(|key| key.key_name.clone());
    let name = name.unwrap_or_default();
    let typed = typed_or(&context, "key_name", || name.clone());
    view! {
        <FormDialog
            route=route
            title=text::keys::edit_title(&name)
            form_state=form_state
            denied=denied
            action=Signal::stored(text::keys::edit_save().to_owned())
            right=Permission::ApiKeysWrite
            own=owner == Owner::Own
        >
            <Field spec=NAME value=typed error=form_state.error("key_name") first=true />
            {key.map(|key| replaced(key, now))}
            <Field spec=NEW_KEY error=form_state.error("api_key") />
            <input type="hidden" name="owner" value=owner.as_str() />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=name />
        </FormDialog>
    }
}
