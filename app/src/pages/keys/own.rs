//! Provider API keys of the signed-in user.

use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::table::{AddLink, KeysPage};
use crate::{api::keys::Owner, text};

/// Renders the list of the keys.
#[component]
pub fn Keys() -> impl IntoView {
    let shown = KeysPage::provide(Owner::Own);
    view! {
        <section class="form">
            <h2>{text::keys::title()}</h2>
            <p class="muted">{text::keys::own_hint()}</p>
            {shown.draw(|_| ().into_any())}
            <div class="actions">
                <AddLink owner=Owner::Own />
            </div>
        </section>
        <Outlet />
    }
}
