//! Access token as a table row.

use ::time::OffsetDateTime;
use domain::access_tokens::{AccessToken, TokenState};
use leptos::prelude::*;

use super::time::{Ago, Ends};
use crate::{labels::security, text};

/// Column headings of [`cells`] and of the actions.
pub(crate) const COLUMNS: &[text::Label] = &[
    text::tokens::token,
    text::tokens::scopes,
    text::tokens::state,
    text::tokens::last_used,
    text::tokens::created,
    text::tokens::expires,
    text::common::actions,
];

/// Returns the cells that all token tables have in common.
pub(crate) fn cells(token: AccessToken, now: OffsetDateTime) -> Vec<AnyView> {
    let (tone, word) = (tone(token.state), security::token_state(token.state));
    let why = match token.state {
        TokenState::Blocked => Some(text::tokens::blocked().to_owned()),
        TokenState::Revoked => token.revoked_by.map(text::tokens::revoked_by),
        TokenState::Live | TokenState::Expiring | TokenState::Expired => None,
    };
    let used = match token.last_used_at {
        Some(at) => view! { <Ago at=at now=now /> }.into_any(),
        None => text::tokens::never().into_any(),
    };
    let end = match token.expires_at {
        Some(at) => view! { <Ends at=at now=now /> }.into_any(),
        None => text::tokens::never_expires().into_any(),
    };
    let from = token.last_used_ip.map(text::tokens::used_from);
    vec![
        view! {
            <bdi>{token.name}</bdi>
            <p class="muted">
                <code>{token.prefix} "…"</code>
            </p>
        }
        .into_any(),
        token.scopes.join(", ").into_any(),
        view! {
            <span class=tone>{word}</span>
            {why.map(note)}
        }
        .into_any(),
        view! {
            {used}
            {from.map(note)}
        }
        .into_any(),
        view! { <Ago at=token.created_at now=now /> }.into_any(),
        end,
    ]
}

fn note(words: String) -> impl IntoView {
    view! { <p class="muted">{words}</p> }
}

/// Returns the CSS class of a state's badge.
const fn tone(state: TokenState) -> &'static str {
    match state {
        TokenState::Live => "badge tone-success",
        TokenState::Expiring | TokenState::Blocked => "badge tone-warning",
        TokenState::Expired => "badge",
        TokenState::Revoked => "badge tone-danger",
    }
}
