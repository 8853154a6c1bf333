//! Columns of the list of clients.

use domain::{
    clients::ListedClient, list::SearchParams, permission::Permission,
    resources::ResourceListParams, users::list::ListParams,
};
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::clients::CLIENTS,
    components::{
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
            row_link::{RowLink, row_links},
        },
        rows::KeyedRow,
    },
    context::PageContext,
    format::total,
    links::{over, resources, users},
    text,
};

/// Row of the list.
pub(super) struct ClientRow {
    pub(super) listed: ListedClient,
    /// Parameters of the list, which the dialogs above it retain.
    pub(super) params: SearchParams,
}

/// Columns in their order.
static COLUMNS: [Column<ClientRow>; 6] = [
    Column::new(text::clients::name, |cell, row| {
        cell.header(view! { <bdi>{row.listed.client.name.clone()}</bdi> })
    }),
    Column::new(text::clients::number, |cell, row| {
        cell.labelled(format!("#{}", row.listed.client.id))
    }),
    Column::new(text::clients::logo, |cell, row| {
        cell.labelled(logo(&row.listed))
    }),
    Column::new(text::clients::users, |cell, row| {
        cell.labelled(users_link(&row.listed))
    }),
    Column::new(text::clients::resources, |cell, row| {
        cell.labelled(resources_link(&row.listed))
    }),
    Column::new(text::common::actions, |cell, row: &ClientRow| {
        cell.plain(links(row))
    })
    .with_class("cell-edit"),
];

/// Returns the columns that the viewer sees.
fn columns() -> &'static [Column<ClientRow>] {
    visible(&COLUMNS, may_write())
}

/// Returns the table of the list without its rows.
pub(super) fn table() -> DataTable {
    DataTable::records(text::clients::title(), columns())
}

/// Renders a row.
pub(super) fn row(row: ClientRow) -> KeyedRow {
    data_table::row(row.listed.client.id, cells(columns(), &row))
}

/// Renders the link to the logo. The page does not load the image from another site.
fn logo(listed: &ListedClient) -> AnyView {
    match listed.client.logo_url.clone() {
        Some(url) => {
            let about = text::clients::logo_of(&listed.client.name);
            view! {
                <a href=url rel="external noreferrer" aria-label=about>
                    {text::clients::logo_open()}
                </a>
            }
            .into_any()
        }
        None => text::clients::no_logo().into_any(),
    }
}

/// Renders the number of users, with a link to them.
fn users_link(listed: &ListedClient) -> AnyView {
    let href = users::href(&ListParams {
        q: Some(format!("client:{}", listed.client.id)),
        ..ListParams::default()
    });
    let about = text::clients::show_users(&listed.client.name);
    view! {
        <a href=href title=about>
            {total(listed.users)}
        </a>
    }
    .into_any()
}

/// Renders the number of resources, with a link to them for viewers who can read resources.
fn resources_link(listed: &ListedClient) -> AnyView {
    let number = total(listed.resources);
    if !PageContext::current().may(Permission::ResourcesRead) {
        return number.into_any();
    }
    let href = resources::href(&ResourceListParams {
        client: Some(listed.client.id.to_string()),
        ..ResourceListParams::default()
    });
    view! { <a href=href>{number}</a> }.into_any()
}

/// Renders the links to the dialogs of a client.
fn links(row: &ClientRow) -> AnyView {
    let client = &row.listed.client;
    let href = |word: &str| over(&format!("{CLIENTS}/{}/{word}", client.id), &row.params);
    row_links(vec![
        RowLink {
            href: href("edit"),
            label: text::clients::edit(),
            about: text::clients::edit_of(&client.name),
        },
        RowLink {
            href: href("delete"),
            label: text::clients::delete(),
            about: text::clients::delete_of(&client.name),
        },
    ])
}
