//! Columns of the list of limits.

use ::time::OffsetDateTime;
use domain::limits::{Limit, LimitListParams, LimitSubject};
use leptos::prelude::*;

use super::{
    balance::{SHARED, title},
    may_change, may_write,
};
use crate::{
    api::limits::{LIMITS, shared::ListedLimit},
    components::{
        balance_form,
        identifier::Identifier,
        list::{
            column::{Column, cells, visible},
            data_table,
            row_link::{RowLink, row_links},
        },
        rows::KeyedRow,
        time::Ends,
    },
    format,
    labels::limits as labels,
    links::over,
    text,
};

/// Row of the list.
pub(super) struct LimitRow {
    pub(super) listed: ListedLimit,
    /// Parameters of the list, which the dialogs above it retain.
    pub(super) params: LimitListParams,
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
}

/// Columns in their order.
static COLUMNS: [Column<LimitRow>; 7] = [
    Column::new(text::limits::subject, |cell, row: &LimitRow| {
        cell.header(subject(&row.listed.limit))
    })
    .with_class("cell-subject"),
    Column::new(text::limits::metric, |cell, row| {
        cell.labelled(labels::metric(row.listed.limit.metric))
    }),
    Column::new(text::limits::amount, |cell, row| cell.labelled(amount(row))),
    Column::new(text::limits::period, |cell, row| {
        cell.labelled(period(&row.listed.limit))
    }),
    Column::new(text::limits::warning, |cell, row| {
        cell.labelled(warning(&row.listed.limit))
    }),
    Column::new(text::limits::model, |cell, row| {
        cell.labelled(model(&row.listed.limit))
    }),
    Column::new(text::common::actions, |cell, row: &LimitRow| {
        cell.plain(links(row))
    })
    .with_class("cell-edit"),
];

/// Returns the columns that the viewer sees.
pub(super) fn columns() -> &'static [Column<LimitRow>] {
    visible(&COLUMNS, may_write() || may_change())
}

/// Renders a row.
pub(super) fn row(row: LimitRow) -> KeyedRow {
    data_table::row(row.listed.limit.id, cells(columns(), &row))
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
    let name = view! { <Identifier text=name /> };
    let name = match href {
        Some(href) => view! {
            <a class="link" href=href>
                {name}
            </a>
        }
        .into_any(),
        None => name.into_any(),
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

/// Renders the amount; of a shared limit also what is used and left, and when it resets.
fn amount(row: &LimitRow) -> AnyView {
    let amount = labels::amount(row.listed.limit.amount);
    let shared = row.listed.shared.as_ref();
    let Some(status) = shared.filter(|status| status.amount.is_some()) else {
        return amount.into_any();
    };
    let (used, left) = (format::amount(status.used), labels::amount(status.left));
    let now = row.now;
    let resets = status.resets_at.map(|at| {
        view! {
            <p class="muted">{text::limits::resets()} ": " <Ends at=at now=now /></p>
        }
    });
    view! {
        {labels::amount_in_force(status)}
        <p class="muted">{text::limits::shared_state(used, left)}</p>
        {resets}
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

/// Renders the links to the dialogs of a limit that the viewer can use.
fn links(row: &LimitRow) -> AnyView {
    let limit = &row.listed.limit;
    let name = labels::name(limit);
    let href = |word: &str| over(&format!("{LIMITS}/{}/{word}", limit.id), &row.params);
    let mut links = Vec::new();
    if may_write() {
        links.push(RowLink {
            href: href("edit"),
            label: text::limits::edit(),
            about: text::limits::edit_of(&name),
        });
    }
    if may_change() && row.listed.changeable().is_some() {
        links.extend(SHARED.map(|operation| RowLink {
            href: href(operation.as_str()),
            label: balance_form::label(operation),
            about: title(operation, &name),
        }));
    }
    if may_write() {
        links.push(RowLink {
            href: href("delete"),
            label: text::limits::delete(),
            about: text::limits::delete_of(&name),
        });
    }
    row_links(links)
}
