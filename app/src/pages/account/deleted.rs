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
                title="Your account is deleted"
                text="You are signed out everywhere. If you want it back, ask an administrator soon: for a while it may still be restored."
                sign_in=None
            />
        </CardPage>
    }
}
