//! Virtual keys of a user.

use domain::{
    access_tokens::{AccessToken, TokenKind},
    permission::Permission,
};
use leptos::prelude::*;

use super::{OpenedUser, path, with_user};
use crate::{
    api::{access_tokens::ListUserTokens, read::ReadRequest, user::Chunk},
    components::{
        icon::Icon,
        tab::tab,
        token_row::{self, KEY_COLUMNS, ListedToken},
    },
    context::PageContext,
    text,
};

/// Renders the virtual keys, if the viewer can list them.
#[component]
pub fn VirtualKeys() -> impl IntoView {
    PageContext::current()
        .may(Permission::TokensRead)
        .then(|| view! { <KeyTable /> })
}

/// Returns whether the viewer can change keys.
fn may_write() -> bool {
    PageContext::current().may(Permission::TokensWrite)
}

#[component]
fn KeyTable() -> impl IntoView {
    let list = OpenedUser::current().load_tab(|id| {
        let kind = TokenKind::Key.as_str().to_owned();
        ReadRequest::of(ListUserTokens { id, kind })
    });
    let add = with_user(|user_view| {
        let may = may_write() && user_view.user.deleted_at.is_none();
        may.then(|| {
            let href = format!("{}/keys/tokens/new", path(&user_view.user.summary));
            view! {
                <a class="button" href=href data-noscroll>
                    {text::virtual_keys::new()}
                </a>
            }
        })
    });
    view! {
        <div class="pane-actions actions">
            <h2>{text::virtual_keys::title()}</h2>
            {add}
        </div>
        <p class="pane-actions muted">{text::virtual_keys::hint()}</p>
        {tab(list, (Icon::Key, text::virtual_keys::none()), draw)}
    }
}

fn draw(part: Chunk<AccessToken>) -> AnyView {
    let (now, may_write) = (part.now, may_write());
    let user_view = OpenedUser::current().user_view.get_untracked();
    let user_view = user_view.and_then(Result::ok);
    let page = user_view.map(|user_view| format!("{}/keys/tokens", path(&user_view.user.summary)));
    let page = page.unwrap_or_default();
    let rows = part.items.into_iter().map(|token| {
        let change = (may_write && !token.state.is_over()).then(|| format!("{page}/{}", token.id));
        let revoke = change.as_ref().map(|change| {
            let about = text::user::revoke_key(&token.name);
            (format!("{change}/revoke"), about)
        });
        let end_previous = may_write
            .then(|| token_row::end_previous(&page, &token))
            .flatten();
        ListedToken {
            token,
            end_previous,
            now,
            revoke,
            change,
        }
    });
    token_row::table(text::virtual_keys::title(), &KEY_COLUMNS, rows)
}
