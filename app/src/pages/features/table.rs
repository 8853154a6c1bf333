//! Features of a branch as a table, with their actions.

use domain::features::Feature;
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::features::{FEATURES, FeatureOperation, ListedFeature},
    components::{
        badge::being_deleted,
        form::{FormState, PageUser},
        list::{
            column::{Column, cells, visible},
            data_table::{self, DataTable},
            row_link::RowLink,
        },
    },
    labels::features as labels,
    text,
};

/// Row of the table.
struct Row {
    feature: Feature,
    /// Whether a job is deleting the feature.
    being_deleted: bool,
    /// Form of the buttons.
    doing: FormState,
}

/// Columns in their order.
static COLUMNS: [Column<Row>; 4] = [
    Column {
        class: "",
        label: text::features::feature,
        sort: None,
        cell: |cell, row| {
            let Feature { key, label, .. } = row.feature.clone();
            let label = labels::label(&key, &label);
            cell.header(view! {
                <bdi>{label}</bdi>
                " "
                {being_deleted(row.being_deleted)}
                <p class="muted">
                    <code>{key}</code>
                </p>
            })
        },
    },
    Column {
        class: "",
        label: text::features::description,
        sort: None,
        cell: |cell, row| cell.labelled(row.feature.description.clone()),
    },
    Column {
        class: "",
        label: text::features::default,
        sort: None,
        cell: |cell, row| {
            let (class, label) = if row.feature.default_value {
                ("badge tone-active", text::features::on())
            } else {
                ("badge", text::features::off())
            };
            cell.labelled(view! { <span class=class>{label}</span> })
        },
    },
    Column {
        class: "cell-decide",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| {
            let actions = (!row.being_deleted).then(|| {
                view! { {toggle(&row.feature, row.doing)} {links(&row.feature)} }
            });
            cell.plain(view! { <div class="chips">{actions}</div> })
        },
    },
];

/// Renders the table.
pub(super) fn table(features: Vec<ListedFeature>, doing: FormState) -> AnyView {
    let columns = visible(&COLUMNS, may_write());
    let rows = features.into_iter().map(|listed| {
        let row = Row {
            feature: listed.feature,
            being_deleted: listed.being_deleted,
            doing,
        };
        data_table::row(&row.feature.key, cells(columns, &row))
    });
    let rows = rows.collect();
    DataTable::records(text::features::title(), columns).with_rows(rows)
}

/// Renders the button that gives a feature to all users, or only to groups.
fn toggle(feature: &Feature, doing: FormState) -> AnyView {
    let name = labels::label(&feature.key, &feature.label);
    let (operation, label, about) = if feature.default_value {
        let about = text::features::disable_of(name);
        (FeatureOperation::Disable, text::features::disable(), about)
    } else {
        let about = text::features::enable_of(name);
        (FeatureOperation::Enable, text::features::enable(), about)
    };
    view! {
        <form method="post" action=FEATURES on:submit=move |event| doing.submit.run(event)>
            <PageUser />
            <input type="hidden" name="key" value=feature.key.clone() />
            <input type="hidden" name="shown" value=feature.label.clone() />
            <input type="hidden" name="version" value=feature.version.to_string() />
            <input type="hidden" name="operation" value=operation.as_str() />
            <button class="button" aria-label=about aria-disabled=move || doing.busy()>
                {label}
            </button>
        </form>
    }
    .into_any()
}

/// Renders the links to the dialogs of a feature.
fn links(feature: &Feature) -> AnyView {
    let link = |word: &str, label: &'static str, about: String| {
        let href = format!("{FEATURES}/{}/{word}", feature.key);
        RowLink { href, label, about }.render()
    };
    let name = labels::label(&feature.key, &feature.label);
    let edit = link(
        "edit",
        text::features::edit(),
        text::features::edit_of(&name),
    );
    let delete = link(
        "delete",
        text::features::delete(),
        text::features::delete_of(&name),
    );
    view! { {edit} {delete} }.into_any()
}
