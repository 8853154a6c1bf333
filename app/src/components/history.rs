//! Table of the audit entries about one object.

use ::time::OffsetDateTime;
use domain::audit::AuditEntry;
use leptos::prelude::*;

use super::{
    changes::{differences, entry_label},
    list::{
        column::{Column, cells},
        data_table::{self, DataTable},
    },
    time::Ago,
};
use crate::{labels::audit::actor_and_source, text};

/// Row of the list.
struct ListedEntry {
    entry: AuditEntry,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<ListedEntry>; 4] = [
    Column {
        class: "",
        label: text::user::action,
        sort: None,
        cell: |cell, row| cell.header(entry_label(&row.entry)),
    },
    Column {
        class: "",
        label: text::user::changes,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Changed entry=row.entry.clone() /> }),
    },
    Column {
        class: "",
        label: text::user::actor,
        sort: None,
        cell: |cell, row| cell.labelled(actor_and_source(&row.entry)),
    },
    Column {
        class: "",
        label: text::user::time,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.entry.at now=row.now /> }),
    },
];

/// Renders the entries as a table.
pub(crate) fn table(
    caption: &'static str,
    entries: Vec<AuditEntry>,
    now: OffsetDateTime,
) -> AnyView {
    let rows = entries.into_iter().map(|entry| {
        let listed = ListedEntry { entry, now };
        data_table::row(listed.entry.id, cells(&COLUMNS, &listed))
    });
    DataTable::records(caption, &COLUMNS).with_rows(rows.collect())
}

/// Renders the old and new value of each field, and the reason.
#[component]
fn Changed(entry: AuditEntry) -> impl IntoView {
    let fields = differences(entry.changes)
        .into_iter()
        .map(|(name, change)| {
            view! {
                <li>
                    <span class="muted">{name} ": "</span>
                    {change}
                </li>
            }
        });
    view! {
        <ul>
            {fields.collect_view()}
            {entry.reason.map(|reason| view! { <li>{text::user::quoted(reason)}</li> })}
        </ul>
    }
}
