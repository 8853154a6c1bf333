//! Usage of a user: the last 30 days, the models, and the newest uses.

use ::time::OffsetDateTime;
use domain::problem::Code;
use leptos::prelude::*;

use super::OpenedUser;
use crate::{
    api::{
        read::ReadRequest,
        usage::{GetUserUsage, ListedUse, UserUsageReport},
    },
    components::{
        icon::Icon,
        list::{
            column::{Column, cells},
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        state::{ListState, LoadErrorNotice, LoadingNotice},
        time::Ago,
        usage_chart::{TopRow, chart, cost, requests, tokens, top, totals},
    },
    text,
};

/// Row of the table of uses.
struct UseRow {
    listed: ListedUse,
    /// Server time of the response.
    now: OffsetDateTime,
}

/// Columns of the uses in their order.
static COLUMNS: [Column<UseRow>; 5] = [
    Column {
        class: "",
        label: text::usage::time,
        sort: None,
        cell: |cell, row| cell.header(view! { <Ago at=row.listed.at now=row.now /> }),
    },
    Column {
        class: "",
        label: text::usage::model,
        sort: None,
        cell: |cell, row| {
            let model = model(row.listed.model.clone());
            cell.labelled(view! { <bdi>{model}</bdi> })
        },
    },
    Column {
        class: "",
        label: text::usage::requests,
        sort: None,
        cell: |cell, row| requests(cell, &row.listed.usage),
    },
    Column {
        class: "",
        label: text::usage::tokens,
        sort: None,
        cell: |cell, row| tokens(cell, &row.listed.usage),
    },
    Column {
        class: "",
        label: text::usage::cost,
        sort: None,
        cell: |cell, row| cost(cell, &row.listed.usage),
    },
];

/// Returns the name of a model, or the text for uses without one.
fn model(model: Option<String>) -> String {
    model.unwrap_or_else(|| text::usage::no_model().to_owned())
}

/// Renders the tab.
#[component]
pub fn UsageTab() -> impl IntoView {
    let report = Loaded::after(
        OpenedUser::current().user_view,
        || Ok(()),
        |(), user_view| {
            let id = user_view.user.summary.id.0;
            ReadRequest::of(GetUserUsage { id })
        },
    );
    report.draw(LoadingNotice, |report| match report {
        Ok(report) => shown(report),
        // The header of the page shows that the user does not exist.
        Err(problem) if problem.error == Code::NotFound => ().into_any(),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::usage::load_failed() problem=problem /> }
                .into_any()
        }
    })
}

/// Renders the sums, the chart, the models and the newest uses, or the empty state.
fn shown(report: UserUsageReport) -> AnyView {
    if report.models.is_empty() && report.events.is_empty() {
        return view! {
            <ListState icon=Icon::Bars title=text::usage::none()>
                <p class="state-text">{text::usage::user_hint()}</p>
            </ListState>
        }
        .into_any();
    }
    let models = report.models.into_iter().map(|found| TopRow {
        name: model(found.model),
        href: None,
        usage: found.usage,
    });
    let models: Vec<TopRow> = models.collect();
    let now = report.now;
    let events = report.events.into_iter().map(|listed| {
        let row = UseRow { listed, now };
        data_table::row(row.listed.id, cells(&COLUMNS, &row))
    });
    let events = DataTable::records(text::usage::newest(), &COLUMNS).with_rows(events.collect());
    view! {
        <p class="pane-actions muted">{text::usage::user_hint()}</p>
        <div class="list">
            {totals(&report.total)}
            <div class="panes">
                {chart(&report.days)} {top(text::usage::top_models(), text::usage::model, &models)}
            </div>
            <div class="panes">
                <section>
                    <h2>{text::usage::newest()}</h2>
                    {events}
                </section>
            </div>
        </div>
    }
    .into_any()
}
