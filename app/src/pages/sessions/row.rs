//! A session as a row, and the button that ends it.

use domain::sessions::SessionEnd;
use leptos::prelude::*;
use uuid::Uuid;

use crate::pages::form::Sending;

/// What ends one session or takes one key, on the page that offers it.
#[derive(Clone, Copy)]
pub(in crate::pages) struct Revoking(pub(in crate::pages) Sending);

/// A button that ends a session or takes a key.
#[component]
pub fn RevokeButton(
    /// Which.
    id: Uuid,
    /// Whose, and on what.
    #[prop(into)]
    label: String,
    /// What the row calls it.
    shown: String,
    /// The username that the row shows, or the page.
    #[prop(optional)]
    username: Option<String>,
    /// The address of the page without its query: where the form goes.
    address: String,
    /// The page that it leads back to.
    #[prop(into)]
    page: Signal<String>,
    /// The id of the person, where the form has to name them.
    #[prop(optional)]
    user: Option<Uuid>,
) -> impl IntoView {
    let Revoking(sending) = expect_context();
    view! {
        <form method="post" action=address on:submit=move |event| sending.submit.run(event)>
            <input type="hidden" name="page" value=page />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="shown" value=shown />
            {username.map(|name| view! { <input type="hidden" name="username" value=name /> })}
            {user.map(|user| view! { <input type="hidden" name="user" value=user.to_string() /> })}
            <button class="button" aria-label=label aria-disabled=move || sending.busy()>
                "Revoke"
            </button>
        </form>
    }
}

/// Why a session has ended, and by whom.
pub(super) fn why(end: SessionEnd, username: &str) -> String {
    let words = end.reason.words();
    match end.by.filter(|by| by != username) {
        Some(by) => format!("{words} by {by}"),
        None => words.to_owned(),
    }
}
