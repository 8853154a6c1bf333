//! Access tokens of a user.

use domain::{access::Permission, access_tokens::AccessToken};
use leptos::prelude::*;

use super::{Opened, path, with_person};
use crate::{
    api::{access_tokens::list_person_tokens, listed::asked, person::Part},
    components::{
        confirm_link::ConfirmLink,
        icon::Icon,
        parameters::{NONE, checked},
        records::Records,
        tab::tab,
        token_row,
    },
    context::PageContext,
    links::tokens::of_person,
};

/// Renders the tokens, if the viewer can list them.
#[component]
pub fn Tokens() -> impl IntoView {
    PageContext::current()
        .may(Permission::TokensRead)
        .then(|| view! { <Shown /> })
}

#[component]
fn Shown() -> impl IntoView {
    let person = Opened::current().person;
    let request = checked(|| (), &[], NONE);
    let list = Resource::new(
        move || request.get(),
        move |request| async move {
            asked(request)?;
            list_person_tokens(person.await?.user.summary.id.0).await
        },
    );
    let all = with_person(|person| {
        view! {
            <a class="button" href=of_person(&person.user.summary.username)>
                "View in Access tokens"
            </a>
        }
    });
    let draw = |part: Part<AccessToken>| {
        let (now, may_write) = (
            part.now,
            PageContext::current().may(Permission::TokensWrite),
        );
        let person = Opened::current().person.get_untracked();
        let person = person.and_then(Result::ok);
        let page = person.map(|person| format!("{}/keys/tokens", path(&person.user.summary)));
        let page = page.unwrap_or_default();
        let rows = part.items.into_iter().map(|token| {
            let (id, label) = (token.id, format!("Revoke {}", token.name));
            let button = (may_write && !token.state.is_over()).then(|| {
                view! { <ConfirmLink href=format!("{page}/{id}/revoke") label="Revoke" about=label /> }
            });
            let mut cells = token_row::cells(token, now);
            cells.push(button.into_any());
            (id.to_string(), cells)
        });
        view! { <Records caption="Access tokens" columns=token_row::COLUMNS rows=rows.collect() /> }
            .into_any()
    };
    view! {
        <div class="pane-actions actions">
            <h2>"Access tokens"</h2>
            {all}
        </div>
        {tab(list, (Icon::Shield, "No access tokens"), draw)}
    }
}
