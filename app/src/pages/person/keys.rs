//! Provider API keys and access tokens of a user. Only the owner can use the keys, and their secrets cannot be read.

use domain::{access::Permission, keys::ApiKey};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{Opened, path, tokens::Tokens};
use crate::{
    api::{
        listed::asked,
        person::{Part, list_keys},
    },
    components::{
        api_keys::{COLUMNS, WITH_ACTIONS, cells},
        confirm_link::ConfirmLink,
        icon::Icon,
        parameters::{NONE, checked},
        records::Records,
        tab::tab,
    },
    context::PageContext,
};

/// Renders the API keys, and the access tokens below them.
#[component]
pub fn Keys() -> impl IntoView {
    let person = Opened::current().person;
    let request = checked(|| (), &[], NONE);
    let list = Resource::new(
        move || request.get(),
        move |request| async move {
            asked(request)?;
            list_keys(person.await?.user.summary.id.0).await
        },
    );
    let draw = |part: Part<ApiKey>| {
        let now = part.now;
        let person = Opened::current().person.get_untracked();
        let page = person
            .and_then(Result::ok)
            .filter(|person| {
                PageContext::current().may(Permission::ApiKeysWrite)
                    && person.refusals.edit.is_none()
            })
            .filter(|person| person.user.deleted_at.is_none())
            .map(|person| format!("{}/keys", path(&person.user.summary)));
        let columns = if page.is_some() {
            WITH_ACTIONS
        } else {
            COLUMNS
        };
        let rows = part.items.into_iter().map(|key| {
            let (id, label) = (key.id, format!("Revoke {}", key.key_name));
            let button = page.as_ref().map(|page| {
                let href = format!("{page}/{id}/revoke");
                view! { <ConfirmLink href=href label="Revoke" about=label /> }.into_any()
            });
            let mut cells = cells(key, now, None);
            cells.extend(button);
            (id.to_string(), cells)
        });
        view! { <Records caption="API keys" columns=columns rows=rows.collect() /> }.into_any()
    };
    view! {
        {tab(list, (Icon::Key, "No API keys"), draw)}
        <Tokens />
        <Outlet />
    }
}
