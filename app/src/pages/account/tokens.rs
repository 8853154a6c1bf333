//! Access tokens of the signed-in user.

use domain::access_tokens::AccessToken;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        access_tokens::{ListOwnTokens, OWN},
        listed::check_params,
        read::ReadRequest,
        user::Chunk,
    },
    components::{
        icon::Icon,
        loaded::Loaded,
        parameters::{NONE, checked},
        tab::tab,
        token_row::{self, COLUMNS, ListedToken},
    },
    text,
};

/// Renders the tab: the tokens, and the dialogs above them.
#[component]
pub fn TokensTab() -> impl IntoView {
    view! {
        <Tokens />
        <Outlet />
    }
}

/// Renders the list of the tokens, and the link to create one.
#[component]
pub fn Tokens() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let list = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListOwnTokens {})
    });
    view! {
        <section class="form">
            <h2>{text::account::tokens()}</h2>
            <p class="muted">{text::account::tokens_hint()}</p>
            <div class="actions">
                <a class="button" href="/account/tokens/new" data-noscroll>
                    {text::account::token_new()}
                </a>
                <a class="button" href="/account/tokens/new-key" data-noscroll>
                    {text::virtual_keys::new()}
                </a>
            </div>
            {tab(list, (Icon::Shield, text::account::tokens_none()), draw)}
        </section>
    }
}

fn draw(part: Chunk<AccessToken>) -> AnyView {
    let now = part.now;
    let rows = part.items.into_iter().map(|token| {
        let revoke = (!token.state.is_over()).then(|| {
            let about = text::account::revoke_named(&token.name);
            (format!("{OWN}/{}/revoke", token.id), about)
        });
        ListedToken {
            token,
            end_previous: None,
            now,
            revoke,
            change: None,
        }
    });
    token_row::table(text::account::tokens_caption(), &COLUMNS, rows)
}
