//! One's own access tokens.

use domain::access_tokens::AccessToken;
use leptos::prelude::*;

use crate::{
    api::{
        access_tokens::{OWN, RevokeOwnToken, list_own_tokens},
        person::Part,
    },
    components::{icon::Icon, notice::ProblemNotice, records::Records},
    pages::{
        access_tokens::row,
        form,
        person::tab,
        sessions::row::{RevokeButton, Revoking},
    },
};

/// The tokens, and the way to make one.
#[component]
pub fn Tokens() -> impl IntoView {
    let list = Resource::new(|| (), |()| list_own_tokens());
    let revoking = form::send::<RevokeOwnToken>(OWN);
    provide_context(Revoking(revoking));
    view! {
        <section class="form">
            <h2>"Access tokens"</h2>
            <p class="muted">
                "With an access token a program acts for you on the API. It may never do more than you. Revoke what you do not need or do not know."
            </p>
            <div class="actions">
                <a class="button" href="/account/tokens/new" data-noscroll>
                    "Make a token"
                </a>
            </div>
            {move || {
                revoking.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })
            }}
            {tab(list, (Icon::Shield, "No access tokens"), draw)}
        </section>
    }
}

fn draw(part: Part<AccessToken>) -> AnyView {
    let now = part.now;
    let rows = part.items.into_iter().map(|token| {
        let (id, label) = (token.id, format!("Revoke {}", token.name));
        let shown = token.name.clone();
        let button = (!token.state.is_over()).then(|| {
            view! {
                <RevokeButton
                    id=id
                    label=label
                    shown=shown
                    address=OWN.to_owned()
                    page=OWN.to_owned()
                />
            }
        });
        let mut cells = row::cells(token, now);
        cells.push(button.into_any());
        ((now, id.to_string()), cells)
    });
    view! { <Records caption="Your access tokens" columns=row::COLUMNS rows=rows.collect() /> }
        .into_any()
}
