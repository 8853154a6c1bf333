//! Provider API keys, access tokens and virtual keys of a user. Only the owner can use the keys, and their secrets cannot be read.

use std::rc::Rc;

use domain::{keys::ApiKey, permission::Permission, users::action::UserAction};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{OpenedUser, path, tokens::Tokens, virtual_keys::VirtualKeys};
use crate::{
    api::{
        read::ReadRequest,
        user::{Chunk, ListKeys},
    },
    components::{
        api_keys::{self, KeyControls},
        confirm_link::ConfirmLink,
        icon::Icon,
        tab::tab,
    },
    context::PageContext,
    text,
};

/// Renders the API keys, and the access tokens and virtual keys below them.
#[component]
pub fn Keys() -> impl IntoView {
    let list = OpenedUser::current().load_tab(|id| ReadRequest::of(ListKeys { id }));
    let draw = |part: Chunk<ApiKey>| {
        let user_view = OpenedUser::current().user_view.get_untracked();
        let page = user_view
            .and_then(Result::ok)
            .filter(|user_view| {
                PageContext::current().may(Permission::ApiKeysWrite)
                    && user_view.denied_actions.allows(UserAction::Edit)
            })
            .filter(|user_view| user_view.user.deleted_at.is_none())
            .map(|user_view| format!("{}/keys", path(&user_view.user.summary)));
        let revoke = page.map(|page| -> KeyControls {
            Rc::new(move |key: &ApiKey| {
                let href = format!("{page}/{}/revoke", key.id);
                let about = text::user::revoke_key(&key.key_name);
                view! { <ConfirmLink href=href label=text::user::revoke() about=about /> }
                    .into_any()
            })
        });
        api_keys::table(
            text::actions::api_keys(),
            part.items,
            part.now,
            None,
            revoke,
        )
    };
    view! {
        {tab(list, (Icon::Key, text::user::no_keys()), draw)}
        <Tokens />
        <VirtualKeys />
        <Outlet />
    }
}
