//! Provider API key as a table row.

use ::time::OffsetDateTime;
use domain::keys::ApiKey;
use leptos::prelude::*;

use super::time::Ago;
use crate::{format::count, text};

pub(crate) const COLUMNS: &[text::Label] = &[
    text::keys::name,
    text::keys::provider,
    text::keys::key,
    text::keys::state,
    text::keys::usage,
];
pub(crate) const WITH_ACTIONS: &[text::Label] = &[
    text::keys::name,
    text::keys::provider,
    text::keys::key,
    text::keys::state,
    text::keys::usage,
    text::common::actions,
];

/// Returns the cells of a key in the order of the columns, with the enable or disable button if there is one.
pub(crate) fn cells(key: ApiKey, now: OffsetDateTime, switch: Option<AnyView>) -> Vec<AnyView> {
    let (tone, state) = if key.is_active {
        ("badge tone-success", text::keys::state_active())
    } else {
        ("badge", text::keys::state_disabled())
    };
    vec![
        view! { <bdi>{key.key_name}</bdi> }.into_any(),
        key.provider.into_any(),
        view! { <code>{key.key_mask}</code> }.into_any(),
        view! {
            <div class="chips">
                <span class=tone>{state}</span>
                {switch}
            </div>
        }
        .into_any(),
        match key.last_used_at {
            Some(at) => view! {
                {count(key.usage_count)}
                <p class="muted">
                    <Ago at=at now=now />
                </p>
            }
            .into_any(),
            None => text::keys::never().into_any(),
        },
    ]
}
