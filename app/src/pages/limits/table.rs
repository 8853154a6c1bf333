//! Columns of the list of limits.

use domain::limits::{Limit, LimitListParams, LimitSubject};
use leptos::prelude::*;

use super::may_write;
use crate::{
    api::limits::LIMITS,
    components::{
        list::{
            column::{Column, cells, visible},
            data_table,
            row_link::{RowLink, row_links},
        },
        rows::KeyedRow,
    },
    format,
    labels::limits as labels,
    links::over,
    text,
};

/// Row of the list.
pub(super) struct LimitRow {
    pub(super) limit: Limit,
    /// Parameters of the list, which the dialogs above it retain.
    pub(super) params: LimitListParams,
}

/// Columns in their order.
static COLUMNS: [Column<LimitRow>; 7] = [
    Column::new(text::limits::subject, |cell, row| {
        cell.header(subject(&row.limit))
    }),
    Column::new(text::limits::metric, |cell, row| {
        cell.labelled(labels::metric(row.limit.metric))
    }),
    Column::new(text::limits::amount, |cell, row| {
        cell.labelled(labels::amount(row.limit.amount))
    }),
    Column::new(text::limits::period, |cell, row| {
        cell.labelled(period(&row.limit))
    }),
    Column::new(text::limits::warning, |cell, row| {
        cell.labelled(warning(&row.limit))
    }),
    Column::new(text::limits::model, |cell, row| {
        cell.labelled(model(&row.limit))
    }),
    Column::new(text::common::actions, |cell, row: &LimitRow| {
        cell.plain(links(row))
    })
    .with_class("cell-edit"),
];

/// Returns the columns that the viewer sees.
pub(super) fn columns() -> &'static [Column<LimitRow>] {
    visible(&COLUMNS, may_write())
}

/// Renders a row.
pub(super) fn row(row: LimitRow) -> KeyedRow {
    data_table::row(row.limit.id, cells(columns(), &row))
}

/// Renders the kind of the subject, and its name with a link to its page.
fn subject(limit: &Limit) -> AnyView {
    let kind = labels::subject_kind(limit.subject.kind());
    if limit.subject == LimitSubject::Default {
        return kind.into_any();
    }
    let name = labels::subject_name(limit);
    let href = match limit.subject {
        LimitSubject::User(id) => Some(format!("/users/{id}/limits")),
        LimitSubject::Group(id) => Some(format!("/groups/{id}")),
        LimitSubject::Default | LimitSubject::Role(_) | LimitSubject::Token(_) => None,
    };
    let name = match href {
        Some(href) => view! {
            <a class="link" href=href>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let shared = limit.shared.then(|| {
        view! {
            " "
            <span class="badge">{text::limits::shared()}</span>
        }
    });
    view! {
        <span class="muted">{kind} ": "</span>
        {name}
        {shared}
    }
    .into_any()
}

/// Returns the period in words, with its time zone if it depends on that. Rates, leases and unlimited ones have none.
fn period(limit: &Limit) -> String {
    match limit.period.filter(|_| limit.amount.is_some()) {
        Some(period) if labels::has_zone(period) => {
            text::limits::period_in_zone(labels::period(period), &limit.time_zone)
        }
        Some(period) => labels::period(period),
        None => text::limits::no_period().to_owned(),
    }
}

/// Returns the amount and the percentage from which a use is reported.
fn warning(limit: &Limit) -> String {
    let soft = limit.soft_amount.map(format::amount);
    let percent = limit.warn_at.map(text::limits::percent);
    let warnings: Vec<String> = soft.into_iter().chain(percent).collect();
    if warnings.is_empty() {
        return text::limits::no_warning().to_owned();
    }
    warnings.join(", ")
}

/// Renders the model, which is not in the language of the page.
fn model(limit: &Limit) -> AnyView {
    match limit.model.clone() {
        Some(model) => view! { <bdi>{model}</bdi> }.into_any(),
        None => text::limits::all_models().into_any(),
    }
}

/// Renders the links to the dialogs of a limit.
fn links(row: &LimitRow) -> AnyView {
    let name = labels::name(&row.limit);
    let href = |word: &str| over(&format!("{LIMITS}/{}/{word}", row.limit.id), &row.params);
    row_links(vec![
        RowLink {
            href: href("edit"),
            label: text::limits::edit(),
            about: text::limits::edit_of(&name),
        },
        RowLink {
            href: href("delete"),
            label: text::limits::delete(),
            about: text::limits::delete_of(&name),
        },
    ])
}
