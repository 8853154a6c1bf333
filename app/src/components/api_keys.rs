//! Tables of provider API keys.

use std::rc::Rc;

use ::time::OffsetDateTime;
use domain::keys::ApiKey;
use leptos::prelude::*;

use super::{
    list::{
        column::{Column, cells, visible},
        data_table::{self, DataTable},
    },
    time::Ago,
};
use crate::{format::count, text};

/// Renders buttons or links of a key.
pub(crate) type KeyControls = Rc<dyn Fn(&ApiKey) -> AnyView>;

/// Row of a table of keys.
struct ListedKey {
    key: ApiKey,
    /// Server time of the response.
    now: OffsetDateTime,
    /// Button that enables or disables the key, beside its state.
    toggle: Option<KeyControls>,
    actions: Option<KeyControls>,
}

/// Columns in their order.
static COLUMNS: [Column<ListedKey>; 6] = [
    Column {
        class: "",
        label: text::keys::name,
        sort: None,
        cell: |cell, row| {
            let name = row.key.key_name.clone();
            cell.header(view! { <bdi>{name}</bdi> })
        },
    },
    Column {
        class: "",
        label: text::keys::provider,
        sort: None,
        cell: |cell, row| cell.labelled(row.key.provider.clone()),
    },
    Column {
        class: "",
        label: text::keys::key,
        sort: None,
        cell: |cell, row| {
            let mask = row.key.key_mask.clone();
            cell.labelled(view! { <code>{mask}</code> })
        },
    },
    Column {
        class: "",
        label: text::keys::state,
        sort: None,
        cell: |cell, row| {
            let (tone, state) = if row.key.is_active {
                ("badge tone-success", text::keys::state_active())
            } else {
                ("badge", text::keys::state_disabled())
            };
            let toggle = row.toggle.as_ref().map(|toggle| toggle(&row.key));
            cell.labelled(view! {
                <div class="chips">
                    <span class=tone>{state}</span>
                    {toggle}
                </div>
            })
        },
    },
    Column {
        class: "",
        label: text::keys::usage,
        sort: None,
        cell: |cell, row| match row.key.last_used_at {
            Some(at) => cell.labelled(view! {
                {count(row.key.usage_count)}
                <p class="muted">
                    <Ago at=at now=row.now />
                </p>
            }),
            None => cell.labelled(text::keys::never()),
        },
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(row.actions.as_ref().map(|actions| actions(&row.key))),
    },
];

/// Renders a table of keys. The column with the actions is left out for viewers who have none.
pub(crate) fn table(
    caption: &'static str,
    keys: Vec<ApiKey>,
    now: OffsetDateTime,
    toggle: Option<KeyControls>,
    actions: Option<KeyControls>,
) -> AnyView {
    let columns = visible(&COLUMNS, actions.is_some());
    let rows = keys.into_iter().map(|key| {
        let listed = ListedKey {
            key,
            now,
            toggle: toggle.clone(),
            actions: actions.clone(),
        };
        data_table::row(listed.key.id, cells(columns, &listed))
    });
    let rows = rows.collect();
    DataTable::records(caption, columns).with_rows(rows)
}
