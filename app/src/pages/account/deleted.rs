//! Confirmation page after users have deleted their account.

use leptos::prelude::*;

use crate::components::{card::CardPage, icon::Icon, link_page::MessageCard};

/// Renders the confirmation.
#[component]
pub fn Deleted() -> impl IntoView {
    view! {
        <CardPage title="Account deleted">
            <MessageCard
                icon=Icon::Check
                tone="tone-success"
                title="Account deleted"
                text="You are signed out everywhere. An administrator may be able to restore your account for a limited time."
                sign_in=None
            />
        </CardPage>
    }
}
