//! Provider API keys and access tokens of a user. Only the owner can use the keys, and their secrets cannot be read.

use domain::{keys::ApiKey, permission::Permission, users::action::UserAction};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{OpenedUser, path, tokens::Tokens};
use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        user::{Chunk, ListKeys},
    },
    components::{
        api_keys::{COLUMNS, WITH_ACTIONS, cells},
        confirm_link::ConfirmLink,
        icon::Icon,
        loaded::Loaded,
        parameters::{NONE, checked},
        records::Records,
        tab::tab,
    },
    context::PageContext,
    text,
};

/// Renders the API keys, and the access tokens below them.
#[component]
pub fn Keys() -> impl IntoView {
    let user_view = OpenedUser::current().user_view;
    let request = checked(|| (), &[], NONE);
    let list = Loaded::after(
        user_view,
        move || check_params(request.get()),
        |(), user_view| {
            let id = user_view.user.summary.id.0;
            ReadRequest::of(ListKeys { id })
        },
    );
    let draw = |part: Chunk<ApiKey>| {
        let now = part.now;
        let user_view = OpenedUser::current().user_view.get_untracked();
        let page = user_view
            .and_then(Result::ok)
            .filter(|user_view| {
                PageContext::current().may(Permission::ApiKeysWrite)
                    && user_view.denied_actions.allows(UserAction::Edit)
            })
            .filter(|user_view| user_view.user.deleted_at.is_none())
            .map(|user_view| format!("{}/keys", path(&user_view.user.summary)));
        let columns = if page.is_some() {
            WITH_ACTIONS
        } else {
            COLUMNS
        };
        let rows = part.items.into_iter().map(|key| {
            let (id, label) = (key.id, text::user::revoke_key(&key.key_name));
            let button = page.as_ref().map(|page| {
                let href = format!("{page}/{id}/revoke");
                view! { <ConfirmLink href=href label=text::user::revoke() about=label /> }
                    .into_any()
            });
            let mut cells = cells(key, now, None);
            cells.extend(button);
            (id.to_string(), cells)
        });
        view! { <Records caption=text::actions::api_keys() columns=columns rows=rows.collect() /> }
            .into_any()
    };
    view! {
        {tab(list, (Icon::Key, text::user::no_keys()), draw)}
        <Tokens />
        <Outlet />
    }
}
