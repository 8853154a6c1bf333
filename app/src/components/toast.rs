//! What was just done, told on the page after it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::icon::{Glyph, Icon};
use crate::routes::Hydrated;

/// What an address may say was done, and how it is told. Any other word tells nothing: an address comes from anywhere.
const TOLD: [(&str, &str); 24] = [
    ("created", "The account is made."),
    ("saved", "Changes saved."),
    ("suspended", "Suspended and signed out."),
    ("lifted", "The suspension is lifted."),
    ("deleted", "Deleted. It can be restored for a while."),
    ("removed", "Being removed for good."),
    ("restored", "Restored. They have to sign in anew."),
    ("reassigned", "The data has a new owner."),
    ("signed-out", "Signed out everywhere."),
    ("revoked", "The link does not work any more."),
    (
        "password",
        "Your new password is set. Everywhere else you are signed out.",
    ),
    ("device-ended", "That device is signed out."),
    ("others-ended", "You are signed out everywhere else."),
    ("session-ended", "The session is ended."),
    ("sessions-ended", "The sessions are ended."),
    ("approved", "Approved. They can sign in."),
    ("rejected", "Rejected. The names are free again."),
    (
        "invitation-revoked",
        "The invitation does not work any more.",
    ),
    ("key-added", "The API key is kept."),
    ("key-on", "The API key is used again."),
    ("key-off", "The API key is not used any more."),
    ("key-deleted", "The API key is deleted."),
    ("token-revoked", "The token does not work any more."),
    ("job-retried", "It is tried again."),
];

/// The word of what was just done.
#[must_use]
pub fn just_done() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("done"))
}

/// Tells what was just done.
#[component]
pub fn Toast(
    /// The page without it.
    #[prop(into)]
    page: Signal<String>,
    /// How to undo it.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let done = just_done();
    let told = Memo::new(move |_| {
        let done = done.get()?;
        TOLD.iter()
            .find(|(word, _)| *word == done)
            .map(|(_, text)| *text)
    });
    let toast = move || {
        let text = told.get()?;
        Some(view! {
            <div class="toasts">
                <div class="toast tone-success">
                    <Glyph icon=Icon::Check />
                    <p>{text}</p>
                    {children.clone().map(|undo| undo())}
                    <a class="icon-button" href=move || page.get() aria-label="Dismiss" data-noscroll>
                        <Glyph icon=Icon::X />
                    </a>
                </div>
            </div>
        })
    };
    view! {
        // Only what changes on an open page is read out: it is empty until the browser has taken over.
        <p class="visually-hidden" aria-live="polite">
            {move || told.get().filter(|_| Hydrated::now())}
        </p>
        {toast}
    }
}
