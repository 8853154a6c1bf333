//! Page "API keys": the provider API keys of the system, and the number of users with keys of their own.

pub mod dialogs;
pub mod own;
pub mod table;

use domain::{
    keys::{ApiKey, ProviderUse},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::keys::{KeyListing, Owner},
    components::records::Records,
    context::PageContext,
    format::total,
    links::users,
    text,
};
use domain::users::list::ListParams;
use table::{AddLink, KeysPage};

/// Returns whether the viewer can change the system's keys and revoke the keys of users.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::ApiKeysWrite)
}

/// Renders the page.
#[component]
pub fn Keys() -> impl IntoView {
    let shown = KeysPage::provide(Owner::System);
    view! {
        <header class="page-head">
            <h1>{text::keys::title()}</h1>
            <div class="toolbar-end">
                <AddLink owner=Owner::System />
            </div>
        </header>
        <p class="pane-actions muted">{text::keys::hint()}</p>
        {shown.draw(|listed| providers(listed).into_any())}
        <Outlet />
    }
}

/// Renders a table of the providers: the system key in use, and the number of users with keys of their own.
fn providers(listed: KeyListing) -> impl IntoView {
    const COLUMNS: &[text::Label] = &[
        text::keys::provider,
        text::keys::active_key,
        text::keys::users,
    ];
    let keys = listed.list.keys;
    let rows = listed.list.providers.into_iter().map(|of| {
        let used = in_use(&keys, &of);
        let users = of.users.map(total).unwrap_or_default();
        let id = of.provider.clone();
        let cells = vec![
            of.provider.into_any(),
            used.map_or_else(|| text::keys::no_key().into_any(), IntoAny::into_any),
            users.into_any(),
        ];
        (id, cells)
    });
    let with_keys = users::href(&ListParams {
        q: Some("has:api-keys".to_owned()),
        ..ListParams::default()
    });
    view! {
        <header class="page-head">
            <h2>{text::keys::providers()}</h2>
            <div class="toolbar-end">
                <a class="button" href=with_keys>
                    {text::keys::show_users()}
                </a>
            </div>
        </header>
        <Records caption=text::keys::providers() columns=COLUMNS rows=rows.collect() />
    }
}

/// Returns the name of the system's key that is used for a provider.
fn in_use(keys: &[ApiKey], of: &ProviderUse) -> Option<String> {
    // Keys are ordered newest first, and the newest enabled key is used.
    let used = keys
        .iter()
        .find(|key| key.is_active && key.provider == of.provider);
    used.map(|key| key.key_name.clone())
}
