//! The provider keys of a person, and below them their access tokens. Only their owner can use them, and nobody can read them.

use domain::keys::ApiKey;
use leptos::{context::Provider, prelude::*};

use super::{Opened, path, tab, tokens::Tokens};
use crate::{
    api::{
        keys::RevokeKey,
        person::{Part, list_keys},
    },
    components::{icon::Icon, notice::ProblemNotice, records::Records},
    pages::{
        form,
        keys::{
            may_write,
            table::{COLUMNS, WITH_ACTIONS, cells},
        },
        sessions::row::{RevokeButton, Revoking},
    },
};

/// The keys.
#[component]
pub fn Keys() -> impl IntoView {
    let person = Opened::current().person;
    let list = Resource::new(
        || (),
        move |()| async move { list_keys(person.await?.user.summary.id.0).await },
    );
    // A form goes to the address as it was written: what became of it is kept under that.
    let address = leptos_router::hooks::use_location()
        .pathname
        .get_untracked();
    let revoking = form::send::<RevokeKey>(&address);
    let draw = |part: Part<ApiKey>| {
        let now = part.now;
        let person = Opened::current().person.get_untracked();
        let page = person
            .and_then(Result::ok)
            .filter(|person| may_write() && person.refusals.edit.is_none())
            .filter(|person| person.user.deleted_at.is_none())
            .map(|person| {
                let page = format!("{}/keys", path(&person.user.summary));
                (page, person.user.summary.username)
            });
        let columns = if page.is_some() {
            WITH_ACTIONS
        } else {
            COLUMNS
        };
        let rows = part.items.into_iter().map(|key| {
            let (id, user) = (key.id, key.user_id.unwrap_or_default());
            let label = format!("Revoke: {}", key.key_name);
            let shown = key.key_name.clone();
            let button = page.clone().map(|(page, username)| {
                view! {
                    <RevokeButton
                        id=id
                        label=label
                        shown=shown
                        username=username
                        address=page.clone()
                        page=page
                        user=user
                    />
                }
                .into_any()
            });
            let mut cells = cells(key, now, None);
            cells.extend(button);
            ((now, id.to_string()), cells)
        });
        view! { <Records caption="API keys" columns=columns rows=rows.collect() /> }.into_any()
    };
    view! {
        {move || {
            revoking
                .problem
                .get()
                .map(|problem| {
                    view! {
                        <div class="pane-actions">
                            <ProblemNotice problem=problem />
                        </div>
                    }
                })
        }}
        <Provider value=Revoking(
            revoking,
        )>{tab(list, (Icon::Key, "No API keys of their own"), draw)}</Provider>
        <Tokens />
    }
}
