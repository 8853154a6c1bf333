//! Audit log entries as a table.

use ::time::OffsetDateTime;
use domain::{
    audit::{AuditEntry, list::AuditParams},
    list::Listed,
};
use leptos::prelude::*;
use uuid::Uuid;

use super::links;
use crate::{
    components::{
        changes::differences,
        description_list::DescriptionItem,
        icon::Icon,
        list::{
            chooser::chosen,
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        pager::{Pager, Pages},
        state::ListState,
        time::Ago,
    },
    labels::audit::{actor, source_after_actor, stored_action, target::target},
    preferences::columns::ListColumn,
    text,
};

/// Row of the list.
pub(super) struct ListedEntry {
    entry: AuditEntry,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
pub(super) static COLUMNS: [Column<ListedEntry>; 4] = [
    Column {
        class: "",
        label: text::audit::action,
        sort: None,
        cell: |cell, row| {
            let entry = &row.entry;
            let action = stored_action(&entry.action).to_owned();
            cell.header(view! { {action} ": " {named(entry.target_user(), &target(entry))} })
        },
    },
    Column {
        class: "",
        label: text::audit::actor,
        sort: None,
        cell: |cell, row| {
            let entry = &row.entry;
            let by = source_after_actor(entry);
            cell.labelled(view! { {named(entry.actor_id, actor(entry))} {by} })
        },
    },
    Column {
        class: "",
        label: text::audit::time,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.entry.at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::audit::details,
        sort: None,
        cell: |cell, row| cell.labelled(details(row.entry.clone())),
    },
];

/// Names of the columns that users can hide, in the order of the columns.
pub(super) static NAMES: [Option<ListColumn>; 4] = [
    None,
    Some(ListColumn::AuditActor),
    Some(ListColumn::AuditTime),
    Some(ListColumn::AuditDetails),
];

/// Returns the columns that the user sees.
fn columns() -> Vec<Column<ListedEntry>> {
    chosen(&COLUMNS, &NAMES, None)
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::frame::screen_audit(), &columns())
}

/// Renders placeholder rows while the list is loading.
pub(super) fn skeleton() -> AnyView {
    table().skeleton()
}

/// Renders the entries, or the empty state.
#[component]
pub fn AuditTable(
    /// State of the list, from the URL.
    params: AuditParams,
    /// Page of entries from the server.
    list: Listed<AuditEntry>,
) -> impl IntoView {
    let Listed { page, now } = list;
    if page.rows.is_empty() {
        return nothing(&params);
    }
    let of = params.parent.clone().filter(|id| !id.is_empty());
    let whole = of.map(|id| {
        let all = links::cleared(&params);
        view! {
            <p class="muted">
                {text::audit::parts_of(id)} <a href=all>{text::audit::show_all()}</a>
            </p>
        }
    });
    let pages = Pages::of(&params, &page, links::href);
    let columns = columns();
    let rows = page.rows.into_iter().map(|entry| {
        let listed = ListedEntry { entry, now };
        data_table::row(listed.entry.id, cells(&columns, &listed))
    });
    let table = table().with_rows(rows.collect());
    view! {
        {whole}
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders a name as it was at the time of the entry, with a link to the user if it has one.
fn named(id: Option<Uuid>, name: &str) -> AnyView {
    let name = view! { <bdi>{name.to_owned()}</bdi> };
    match id {
        Some(id) => view! { <a href=format!("/users/{id}")>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// Renders an expandable cell with the changes, the reason and the origin of the request.
fn details(entry: AuditEntry) -> AnyView {
    let parts = entry.has_parts().then_some(entry.id);
    let show_parts = match entry.is_batch() {
        true => text::audit::show_parts(),
        false => text::audit::show_entries(),
    };
    let whole = entry.parent_id;
    let differences = differences(entry.changes);
    let names: Vec<&str> = differences.iter().map(|(name, _)| name.as_str()).collect();
    let summary = match names.as_slice() {
        [] => text::audit::no_changes().to_owned(),
        names => names.join(", "),
    };
    let about = [
        (text::audit::reason(), entry.reason),
        (text::audit::ip_address(), entry.ip.map(|ip| ip.to_string())),
        (
            text::audit::request_id(),
            entry.request_id.map(|id| id.to_string()),
        ),
        (text::audit::entry(), Some(entry.id.to_string())),
    ];
    let about = about
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into_any())));
    let fields = differences.into_iter().chain(about);
    view! {
        <details>
            <summary>{summary}</summary>
            <dl class="details">
                {fields.map(|(name, value)| view! { <DescriptionItem label=name>{value}</DescriptionItem> }).collect_view()}
            </dl>
            {whole.map(|id| view! { <a href=links::parts(id)>{text::audit::part_of(id)}</a> })}
        </details>
        {parts.map(|id| view! { <a href=links::parts(id)>{show_parts}</a> })}
    }
    .into_any()
}

/// Renders the empty state: no entries match the filter, or there are no entries.
fn nothing(params: &AuditParams) -> AnyView {
    let filtered = params.filter().is_ok_and(|filter| !filter.is_empty());
    let (title, hint, way) = if filtered {
        (
            text::audit::none_match(),
            text::audit::none_match_hint(),
            text::audit::clear_filters(),
        )
    } else {
        (
            text::audit::none_here(),
            text::audit::none_here_hint(),
            text::audit::first_page(),
        )
    };
    let href = links::cleared(params);
    view! {
        <ListState icon=Icon::Record title=title>
            <p class="state-text">{hint}</p>
            <div class="state-actions">
                <a class="button button-primary" href=href>
                    {way}
                </a>
            </div>
        </ListState>
    }
    .into_any()
}
