//! Audit entries by and about a user.

use ::time::OffsetDateTime;
use domain::audit::AuditEntry;
use leptos::prelude::*;

use super::OpenedUser;
use crate::{
    api::{listed::check_params, read::ReadRequest, user::ListHistory},
    components::{
        changes::{differences, entry_label},
        icon::Icon,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        parameters::{NONE, checked, use_query},
        tab::{More, tab},
        time::Ago,
    },
    labels::audit::actor_and_source,
    text,
};

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

/// Renders the entries, newest first.
#[component]
pub fn History() -> impl IntoView {
    let user_view = OpenedUser::current().user_view;
    let query = use_query();
    let request = checked(move || query.read().get("before"), &["before"], NONE);
    let list = Loaded::after(
        user_view,
        move || check_params(request.get()),
        |before, user_view| {
            let id = user_view.user.summary.id.0;
            ReadRequest::of(ListHistory { id, before })
        },
    );
    tab(list, (Icon::Info, text::user::no_activity()), |part| {
        let now = part.now;
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?before={}", last.id));
        let rows = part.items.into_iter().map(|entry| {
            let listed = ListedEntry { entry, now };
            data_table::row(listed.entry.id, cells(&COLUMNS, &listed))
        });
        let rows = rows.collect();
        view! {
            {DataTable::records(text::user::history(), &COLUMNS).with_rows(rows)}
            <More href=next />
        }
        .into_any()
    })
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
