//! Confirmation page after users have deleted their account.

use leptos::prelude::*;

use crate::{
    components::{card::CardPage, icon::Icon, link_page::MessageCard},
    text,
};

/// Renders the confirmation.
#[component]
pub fn Deleted() -> impl IntoView {
    view! {
        <CardPage title=text::account::deleted()>
            <MessageCard
                icon=Icon::Check
                tone="tone-success"
                title=text::account::deleted()
                text=text::account::deleted_text()
                sign_in=None
            />
        </CardPage>
    }
}
