//! Rows of the list of resources.

use ::time::OffsetDateTime;
use domain::resources::ListedResource;
use leptos::prelude::*;

use crate::{
    api::resources::path,
    components::{
        identifier::user_link,
        list::{
            column::{Column, cells},
            data_table,
            row_link::name_link,
        },
        rows::KeyedRow,
        time::Ago,
    },
    text,
};

/// Row of the list.
pub(super) struct Row {
    listed: ListedResource,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
pub(super) static COLUMNS: [Column<Row>; 8] = [
    Column::new(text::resources::name, |cell, row| {
        let resource = &row.listed.resource;
        let (href, name) = (path(resource.id), resource.name.clone());
        cell.header(name_link(href, name))
    }),
    Column::new(text::resources::kind, |cell, row| {
        cell.labelled(row.listed.resource.kind.clone())
    }),
    Column::new(text::resources::external_id, |cell, row| {
        let id = row.listed.resource.external_id.clone();
        cell.labelled(view! { <code>{id}</code> })
    }),
    Column::new(text::resources::owner, |cell, row: &Row| {
        cell.labelled(owner(&row.listed))
    })
    .with_class("cell-owner"),
    Column::new(text::resources::client, |cell, row| {
        let client = client(&row.listed);
        cell.labelled(view! { <bdi>{client}</bdi> })
    }),
    Column::new(text::resources::state, |cell, row| {
        cell.labelled(state(row.listed.resource.active))
    }),
    Column::new(text::resources::reach, |cell, row| {
        cell.labelled(reach(&row.listed))
    }),
    Column::new(text::resources::created, |cell, row| {
        let at = row.listed.resource.created_at;
        cell.labelled(view! { <Ago at=at now=row.now brief=true /> })
    }),
];

/// Renders a row.
pub(super) fn row(listed: ListedResource, now: OffsetDateTime) -> KeyedRow {
    let row = Row { listed, now };
    data_table::row(row.listed.resource.id, cells(&COLUMNS, &row))
}

/// Renders the link to the owner, or a dash.
pub(super) fn owner(listed: &ListedResource) -> AnyView {
    match (listed.resource.owner_id, listed.owner.clone()) {
        (Some(id), Some(name)) => user_link(id, name),
        _ => "—".into_any(),
    }
}

/// Returns the name of the client, its number if it has no name, or a dash.
pub(super) fn client(listed: &ListedResource) -> String {
    let number = || listed.resource.client_id.map(|id| format!("#{id}"));
    let client = listed.client.clone().or_else(number);
    client.unwrap_or_else(|| "—".to_owned())
}

/// Renders whether users can reach a resource.
pub(super) fn state(active: bool) -> AnyView {
    let (class, label) = if active {
        ("badge tone-active", text::resources::active())
    } else {
        ("badge", text::resources::inactive())
    };
    view! { <span class=class>{label}</span> }.into_any()
}

/// Returns the users who have a grant to everyone: of a resource with a client, those of the client.
pub(super) fn everyone(listed: &ListedResource) -> String {
    match listed.resource.client_id {
        Some(_) => text::resources::everyone_of_client(client(listed)),
        None => text::resources::everyone().to_owned(),
    }
}

/// Returns the ways in which users reach a resource, beside the administrators.
fn reach(listed: &ListedResource) -> String {
    let granted = &listed.granted;
    let owner = listed.owner.is_some();
    let ways = [
        granted.everyone.then(|| everyone(listed)),
        owner.then(|| text::resources::through_owner().to_owned()),
        (granted.users > 0).then(|| text::resources::reach_users(granted.users)),
        (granted.groups > 0).then(|| text::resources::reach_groups(granted.groups)),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    if ways.is_empty() {
        text::resources::admins_only().to_owned()
    } else {
        ways.join(", ")
    }
}
