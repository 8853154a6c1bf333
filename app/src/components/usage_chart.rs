//! Usage of the host application: costs by day as a chart, sums, and tables of the highest costs.

use std::sync::Arc;

use ::time::OffsetDateTime;
use domain::{money::Money, usage::UsageSum};
use leptos::prelude::*;

use super::{
    chart::DayChart,
    list::{
        column::{Cell, Column, cells},
        data_table::{self, DataTable},
    },
    loaded::Loaded,
    state::{LoadErrorNotice, LoadingNotice},
};
use crate::{
    api::{
        read::ReadRequest,
        usage::{OwnUsage, UsageDay},
    },
    format::{count, day, dollars, rounded_dollars},
    text,
};

/// Renders the signed-in user's own costs of the last 30 days.
#[component]
pub fn UsageChart() -> impl IntoView {
    let own = Loaded::new(|| ReadRequest::of(OwnUsage {}));
    own.draw(LoadingNotice, |own| match own {
        Ok(days) => view! { <div class="list">{chart(&days)}</div> }.into_any(),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::usage::load_failed() problem=problem /> }
                .into_any()
        }
    })
}

/// Renders the costs of days as a chart, with a table of all sums of each day. It is part of a list, whose width decides
/// whether the table has columns.
pub(crate) fn chart(days: &[UsageDay]) -> AnyView {
    let costs = days.iter().map(|day| (day.start, nanos(&day.usage)));
    let costs: Vec<(OffsetDateTime, u64)> = costs.collect();
    let rows = days.iter().rev();
    let rows = rows.map(|day| data_table::row(day.start.unix_timestamp(), cells(&DAYS, day)));
    let table = DataTable::records(text::usage::per_day(), &DAYS).with_rows(rows.collect());
    view! {
        <DayChart title=text::usage::cost() days=costs written=written>
            {table}
        </DayChart>
    }
    .into_any()
}

/// Returns a cost for the chart.
fn nanos(usage: &UsageSum) -> u64 {
    u64::try_from(usage.cost.nanos()).unwrap_or_default()
}

/// Formats a cost of the chart.
fn written(nanos: u64) -> String {
    rounded_dollars(Money::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX)))
}

/// Columns of the days in their order.
static DAYS: [Column<UsageDay>; 5] = [
    Column {
        class: "",
        label: text::usage::day,
        sort: None,
        cell: |cell, row| cell.header(day(row.start)),
    },
    Column {
        class: "",
        label: text::usage::requests,
        sort: None,
        cell: |cell, row| requests(cell, &row.usage),
    },
    Column {
        class: "",
        label: text::usage::tokens_in,
        sort: None,
        cell: |cell, row| cell.labelled(count(row.usage.tokens_in)),
    },
    Column {
        class: "",
        label: text::usage::tokens_out,
        sort: None,
        cell: |cell, row| cell.labelled(count(row.usage.tokens_out)),
    },
    Column {
        class: "",
        label: text::usage::cost,
        sort: None,
        cell: |cell, row| cost(cell, &row.usage),
    },
];

/// Renders the cell with the number of requests.
pub(crate) fn requests(cell: Cell, usage: &UsageSum) -> AnyView {
    cell.labelled(count(usage.requests))
}

/// Renders the cell with the number of all tokens.
pub(crate) fn tokens(cell: Cell, usage: &UsageSum) -> AnyView {
    cell.labelled(count(usage.tokens_in.saturating_add(usage.tokens_out)))
}

/// Renders the cell with the cost.
pub(crate) fn cost(cell: Cell, usage: &UsageSum) -> AnyView {
    cell.labelled(dollars(usage.cost))
}

/// Renders the sums of all days.
pub(crate) fn totals(total: &UsageSum) -> AnyView {
    let tiles = [
        (text::usage::requests(), count(total.requests)),
        (text::usage::tokens_in(), count(total.tokens_in)),
        (text::usage::tokens_out(), count(total.tokens_out)),
        (text::usage::cost(), rounded_dollars(total.cost)),
    ];
    let tiles = tiles.map(|(label, number)| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <strong>{number}</strong>
                </dd>
            </div>
        }
    });
    view! { <dl class="tiles">{tiles.into_iter().collect_view()}</dl> }.into_any()
}

/// Function that returns the URL of a link. The URL changes with the filter in that of the page.
pub(crate) type Href = Arc<dyn Fn() -> String + Send + Sync>;

/// A user, a model or a group with the usage.
pub(crate) struct TopRow {
    /// Name of the object.
    pub(crate) name: String,
    /// URL of the usage of the object alone, if it has one.
    pub(crate) href: Option<Href>,
    /// Sums of the object.
    pub(crate) usage: UsageSum,
}

/// Renders a table of the highest costs. `heading` is the one of the names. It is part of a list, whose width decides
/// whether the table has columns.
pub(crate) fn top(title: &'static str, heading: text::Label, rows: &[TopRow]) -> AnyView {
    let columns: [Column<TopRow>; 4] = [
        Column {
            class: "",
            label: heading,
            sort: None,
            cell: |cell, row| cell.header(name(row)),
        },
        Column {
            class: "",
            label: text::usage::requests,
            sort: None,
            cell: |cell, row| requests(cell, &row.usage),
        },
        Column {
            class: "",
            label: text::usage::tokens,
            sort: None,
            cell: |cell, row| tokens(cell, &row.usage),
        },
        Column {
            class: "",
            label: text::usage::cost,
            sort: None,
            cell: |cell, row| cell.labelled(rounded_dollars(row.usage.cost)),
        },
    ];
    let shown = rows.iter();
    let shown = shown.map(|row| data_table::row(&row.name, cells(&columns, row)));
    let table =
        (!rows.is_empty()).then(|| DataTable::records(title, &columns).with_rows(shown.collect()));
    let nothing = rows
        .is_empty()
        .then(|| view! { <p class="muted">{text::usage::none_of_these()}</p> });
    view! {
        <section>
            <h2>{title}</h2>
            {nothing}
            {table}
        </section>
    }
    .into_any()
}

/// Renders the name as a link to the usage of the object alone.
fn name(row: &TopRow) -> AnyView {
    let name = row.name.clone();
    match row.href.clone() {
        Some(href) => view! {
            <a class="link" href=move || href() data-noscroll>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}
