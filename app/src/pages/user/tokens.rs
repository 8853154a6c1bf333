//! Access tokens of a user.

use domain::{access_tokens::AccessToken, permission::Permission};
use leptos::prelude::*;

use super::{OpenedUser, path, with_user};
use crate::{
    api::{access_tokens::list_user_tokens, listed::check_params, user::Chunk},
    components::{
        confirm_link::ConfirmLink,
        icon::Icon,
        parameters::{NONE, checked},
        records::Records,
        tab::tab,
        token_row,
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
    let user_view = OpenedUser::current().user_view;
    let request = checked(|| (), &[], NONE);
    let list = Resource::new(
        move || request.get(),
        move |request| async move {
            check_params(request)?;
            list_user_tokens(user_view.await?.user.summary.id.0).await
        },
    );
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
            let (id, label) = (token.id, text::user::revoke_key(&token.name));
            let button = (may_write && !token.state.is_over()).then(|| {
                view! { <ConfirmLink href=format!("{page}/{id}/revoke") label=text::user::revoke() about=label /> }
            });
            let mut cells = token_row::cells(token, now);
            cells.push(button.into_any());
            (id.to_string(), cells)
        });
        view! { <Records caption=text::actions::access_tokens() columns=token_row::COLUMNS rows=rows.collect() /> }
            .into_any()
    };
    view! {
        <div class="pane-actions actions">
            <h2>{text::actions::access_tokens()}</h2>
            {all}
        </div>
        {tab(list, (Icon::Shield, text::user::no_tokens()), draw)}
    }
}
