//! Tables of what is left of limits, and of the changes of it.

mod amounts_left;

use ::time::OffsetDateTime;
use domain::{
    limits::{LimitStatus, Metric},
    usage::BalanceEntry,
};
use leptos::prelude::*;

use super::{
    icon::Icon,
    list::{
        column::{Column, cells, visible},
        data_table::{self, DataTable},
        row_link::{RowLink, row_links},
    },
    state::ListState,
    time::{Ago, Ends},
};
use crate::{api::limits::balances::DecidingLimit, format, labels::limits as labels, text};
pub(crate) use amounts_left::amounts_left;

/// Content of the cells of a metric without a limit.
const NONE: &str = "—";

/// Row of the table: a metric and a model, with what is left of the limit in force.
pub(crate) struct LimitLine {
    /// Quantity.
    pub(crate) metric: Metric,
    /// Model; `None` for all models together.
    pub(crate) model: Option<String>,
    /// What is left; `None` if no limit is in force.
    pub(crate) status: Option<LimitStatus>,
    /// Name of the subject of the limit that decides, if it is known.
    pub(crate) subject_name: Option<String>,
    /// Links to dialogs.
    pub(crate) links: Vec<RowLink>,
    /// Server time of the response.
    pub(crate) now: OffsetDateTime,
}

impl LimitLine {
    /// Returns the row of a limit in force without links.
    pub(crate) fn of(deciding: DecidingLimit, now: OffsetDateTime) -> Self {
        let status = deciding.status;
        Self {
            metric: status.metric,
            model: status.model.clone(),
            status: Some(status),
            subject_name: deciding.subject_name,
            links: Vec::new(),
            now,
        }
    }
}

/// Columns in their order.
static COLUMNS: [Column<LimitLine>; 7] = [
    Column {
        class: "",
        label: text::limits::metric,
        sort: None,
        cell: |cell, row| {
            let name = labels::metric_of(row.metric, row.model.as_deref());
            cell.header(view! { <bdi>{name}</bdi> })
        },
    },
    Column {
        class: "",
        label: text::limits::limit,
        sort: None,
        cell: |cell, row| cell.labelled(amount(row)),
    },
    Column {
        class: "",
        label: text::limits::used,
        sort: None,
        cell: |cell, row| cell.labelled(used(row)),
    },
    Column {
        class: "",
        label: text::limits::left,
        sort: None,
        cell: |cell, row| cell.labelled(left(row)),
    },
    Column {
        class: "",
        label: text::limits::resets,
        sort: None,
        cell: |cell, row| cell.labelled(resets(row)),
    },
    Column {
        class: "",
        label: text::limits::decides,
        sort: None,
        cell: |cell, row| cell.labelled(decides(row)),
    },
    Column {
        class: "cell-operations",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| cell.plain(row_links(row.links.clone())),
    },
];

/// Renders the rows, with a column for their links if any row has some.
pub(crate) fn table(caption: &'static str, lines: Vec<LimitLine>) -> AnyView {
    let has_links = lines.iter().any(|line| !line.links.is_empty());
    let columns = visible(&COLUMNS, has_links);
    let rows = lines.into_iter().map(|line| {
        let model = line.model.as_deref().unwrap_or_default();
        let decides = line.status.as_ref().map(|status| status.id);
        let id = format!("{} {decides:?} {model}", line.metric.as_str());
        data_table::row(id, cells(columns, &line))
    });
    DataTable::records(caption, columns).with_rows(rows.collect())
}

/// Renders the limits of access tokens and virtual keys, if there are any.
pub(crate) fn of_tokens(limits: Vec<DecidingLimit>, now: OffsetDateTime) -> Option<AnyView> {
    if limits.is_empty() {
        return None;
    }
    let lines = limits.into_iter();
    let lines = lines.map(|deciding| LimitLine::of(deciding, now));
    let table = table(text::limits::of_tokens(), lines.collect());
    let section = view! {
        <section class="list">
            <h2>{text::limits::of_tokens()}</h2>
            {table}
        </section>
    };
    Some(section.into_any())
}

/// Renders the amount of the limit in force, with its period if it is a number.
fn amount(line: &LimitLine) -> AnyView {
    let Some(status) = &line.status else {
        return text::limits::nothing_decides().into_any();
    };
    let period = status.period.filter(|_| status.amount.is_some());
    let period = period.map(labels::period);
    view! {
        {labels::amount_in_force(status)}
        {period
            .map(|period| {
                view! {
                    " "
                    <span class="muted">{period}</span>
                }
            })}
    }
    .into_any()
}

/// Returns the used and the reserved amount. What is used of an unlimited one is not counted.
fn used(line: &LimitLine) -> String {
    let Some(status) = &line.status else {
        return NONE.to_owned();
    };
    if status.amount.is_none() {
        return text::limits::not_counted().to_owned();
    }
    let used = format::amount(status.used);
    if status.reserved.units() == 0 {
        return used;
    }
    text::limits::used_and_reserved(used, format::amount(status.reserved))
}

/// Renders what is left, with a badge if the warning is reached.
fn left(line: &LimitLine) -> AnyView {
    let Some(status) = &line.status else {
        return NONE.into_any();
    };
    let warning = status.warning.then(|| {
        view! {
            " "
            <span class="badge tone-warning">{text::limits::warning_reached()}</span>
        }
    });
    view! {
        {labels::amount(status.left)}
        {warning}
    }
    .into_any()
}

/// Renders the time at which more can be used.
fn resets(line: &LimitLine) -> AnyView {
    let limited = line.status.as_ref();
    let limited = limited.filter(|status| status.amount.is_some());
    match limited.map(|status| status.resets_at) {
        Some(Some(at)) => view! { <Ends at=at now=line.now /> }.into_any(),
        Some(None) => text::limits::no_reset().into_any(),
        None => NONE.into_any(),
    }
}

/// Renders what decides, which can have a name in any language.
fn decides(line: &LimitLine) -> AnyView {
    match &line.status {
        Some(status) => {
            let decided = labels::decided_by(status, line.subject_name.as_deref());
            view! { <bdi>{decided}</bdi> }.into_any()
        }
        None => NONE.into_any(),
    }
}

/// Row of the table of changes.
struct ListedChange {
    entry: BalanceEntry,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns of the changes in their order.
static CHANGES: [Column<ListedChange>; 6] = [
    Column {
        class: "",
        label: text::limits::change,
        sort: None,
        cell: |cell, row| cell.header(labels::change_kind(&row.entry.kind)),
    },
    Column {
        class: "",
        label: text::limits::metric,
        sort: None,
        cell: |cell, row| {
            let name = labels::metric_of(row.entry.metric, row.entry.model.as_deref());
            cell.labelled(view! { <bdi>{name}</bdi> })
        },
    },
    Column {
        class: "",
        label: text::limits::amount,
        sort: None,
        cell: |cell, row| cell.labelled(format::amount(row.entry.amount)),
    },
    Column {
        class: "",
        label: text::limits::reason,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <bdi>{row.entry.reason.clone()}</bdi> }),
    },
    Column {
        class: "",
        label: text::limits::time,
        sort: None,
        cell: |cell, row| cell.labelled(view! { <Ago at=row.entry.at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::limits::changed_by,
        sort: None,
        cell: |cell, row| {
            let actor = row.entry.actor.clone();
            cell.labelled(view! { <bdi>{actor.unwrap_or_else(|| NONE.to_owned())}</bdi> })
        },
    },
];

/// Renders the changes, newest first, or that there are none. `has_actors` shows who made them.
pub(crate) fn changes(
    entries: Vec<BalanceEntry>,
    now: OffsetDateTime,
    has_actors: bool,
) -> AnyView {
    if entries.is_empty() {
        return view! { <ListState icon=Icon::Info title=text::limits::no_changes() /> }.into_any();
    }
    let columns = visible(&CHANGES, has_actors);
    let rows = entries.into_iter().enumerate().map(|(number, entry)| {
        let listed = ListedChange { entry, now };
        data_table::row(number, cells(columns, &listed))
    });
    DataTable::records(text::limits::changes(), columns).with_rows(rows.collect())
}
