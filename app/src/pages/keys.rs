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
    components::list::{
        column::{Column, cells},
        data_table::{self, DataTable},
    },
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

/// Row of the table of providers.
struct ListedProvider {
    provider: ProviderUse,
    /// Name of the system's key that is used for the provider.
    key: Option<String>,
}

/// Columns of the providers in their order.
static COLUMNS: [Column<ListedProvider>; 3] = [
    Column {
        class: "",
        label: text::keys::provider,
        sort: None,
        cell: |cell, row| cell.header(row.provider.provider.clone()),
    },
    Column {
        class: "",
        label: text::keys::active_key,
        sort: None,
        cell: |cell, row| match row.key.clone() {
            Some(key) => cell.labelled(key),
            None => cell.labelled(text::keys::no_key()),
        },
    },
    Column {
        class: "",
        label: text::keys::users,
        sort: None,
        cell: |cell, row| cell.labelled(row.provider.users.map(total).unwrap_or_default()),
    },
];

/// Renders a table of the providers: the system key in use, and the number of users with keys of their own.
fn providers(listed: KeyListing) -> impl IntoView {
    let keys = listed.list.keys;
    let rows = listed.list.providers.into_iter().map(|provider| {
        let key = in_use(&keys, &provider);
        let listed = ListedProvider { provider, key };
        data_table::row(&listed.provider.provider, cells(&COLUMNS, &listed))
    });
    let rows = rows.collect();
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
        {DataTable::records(text::keys::providers(), &COLUMNS).with_rows(rows)}
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
