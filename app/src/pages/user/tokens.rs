//! Access tokens of a user.

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
        token_row::{self, COLUMNS, ListedToken},
    },
    context::PageContext,
    links::tokens::of_user,
    text,
};

/// Renders the tokens, if the viewer can list them.
#[component]
pub fn Tokens() -> impl IntoView {
    PageContext::current()
        .may(Permission::TokensRead)
        .then(|| view! { <TokenTable /> })
}

#[component]
fn TokenTable() -> impl IntoView {
    let list = OpenedUser::current().load_tab(|id| {
        let kind = TokenKind::Token.as_str().to_owned();
        ReadRequest::of(ListUserTokens { id, kind })
    });
    let all = with_user(|user_view| {
        view! {
            <a class="button" href=of_user(&user_view.user.summary.username)>
                {text::user::view_tokens()}
            </a>
        }
    });
    let draw = |part: Chunk<AccessToken>| {
        let (now, may_write) = (
            part.now,
            PageContext::current().may(Permission::TokensWrite),
        );
        let user_view = OpenedUser::current().user_view.get_untracked();
        let user_view = user_view.and_then(Result::ok);
        let page =
            user_view.map(|user_view| format!("{}/keys/tokens", path(&user_view.user.summary)));
        let page = page.unwrap_or_default();
        let rows = part.items.into_iter().map(|token| {
            let revoke = (may_write && !token.state.is_over()).then(|| {
                let about = text::user::revoke_key(&token.name);
                (format!("{page}/{}/revoke", token.id), about)
            });
            ListedToken {
                token,
                end_previous: None,
                now,
                revoke,
                change: None,
            }
        });
        token_row::table(text::actions::access_tokens(), &COLUMNS, rows)
    };
    view! {
        <div class="pane-actions actions">
            <h2>{text::actions::access_tokens()}</h2>
            {all}
        </div>
        {tab(list, (Icon::Shield, text::user::no_tokens()), draw)}
    }
}
