//! Page "Limits": all stored limits, the first created first.

pub mod balance;
pub mod dialogs;
mod table;

use domain::{
    limits::{LimitListParams, Metric, SubjectKind},
    list::{Listed, PageParams, Total},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        limits::{LIMITS, ListLimits, shared::ListedLimit},
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        filters::{Entry, FilterField},
        icon::Icon,
        list::{
            data_table::DataTable,
            url_list::{ListTexts, UrlList, paged},
        },
        state::{ListState, NoMatch},
    },
    context::PageContext,
    labels::limits as labels,
    text,
};
use table::LimitRow;

static TEXTS: ListTexts = ListTexts {
    title: text::limits::title,
    label: text::limits::title,
    load_failed: text::limits::load_failed,
    show_all: text::limits::show_all,
};

/// Renders the page. Its whole state is in the URL.
#[component]
pub fn Limits() -> impl IntoView {
    let list = UrlList::load(LIMITS, &TEXTS, |params| {
        ReadRequest::of(ListLimits { params })
    });
    let beside = may_write().then(|| list.new_link(text::limits::new()));
    let above = view! {
        <p class="pane-actions muted">{text::limits::hint()}</p>
        {list.filter_form(text::limits::filter(), fields)}
    };
    let screen = list.render(beside.into_any(), above.into_any(), |_| table(), shown);
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the route of a dialog above the list.
fn route(end: &str) -> DialogRoute {
    DialogRoute::above_list::<LimitListParams>(LIMITS, end)
}

/// Returns whether the viewer can change limits.
fn may_write() -> bool {
    PageContext::current().may(Permission::LimitsWrite)
}

/// Returns whether the viewer can change what is used.
fn may_change() -> bool {
    PageContext::current().may(Permission::UsageWrite)
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::limits::title(), table::columns())
}

/// Returns the fields of the filter form.
fn fields(params: &LimitListParams) -> Vec<FilterField> {
    let any = ("", text::limits::any());
    let kinds = SubjectKind::ALL.iter();
    let kinds = kinds.map(|kind| (kind.as_str(), labels::subject_kind(*kind)));
    let kinds = std::iter::once(any).chain(kinds).collect();
    let metrics = Metric::ALL.iter();
    let metrics = metrics.map(|metric| (metric.as_str(), labels::metric(*metric)));
    let metrics = std::iter::once(any).chain(metrics).collect();
    vec![
        FilterField::new(
            "subject",
            &params.subject,
            Entry::Chosen(text::limits::subject_kind(), kinds),
        ),
        FilterField::new("id", &params.id, Entry::Hidden),
        FilterField::new(
            "metric",
            &params.metric,
            Entry::Chosen(text::limits::metric(), metrics),
        ),
        FilterField::new("limit", &params.limit, Entry::Hidden),
    ]
}

/// Renders the rows, or the empty state.
fn shown(params: &LimitListParams, list: Listed<ListedLimit>) -> AnyView {
    let now = list.now;
    let row = |listed| {
        table::row(LimitRow {
            listed,
            params: params.clone(),
            now,
        })
    };
    paged(LIMITS, params, list.page, table(), row, empty)
}

/// Renders the empty state: of a filter, or of a list without limits.
fn empty(params: &LimitListParams, _: Total) -> AnyView {
    let is_filter = |name: &str| ["subject", "id", "metric"].contains(&name);
    if params.pairs().iter().any(|(name, _)| is_filter(name)) {
        return view! {
            <NoMatch title=text::limits::none_match() href=LIMITS label=text::limits::show_all() />
        }
        .into_any();
    }
    view! {
        <ListState icon=Icon::Levels title=text::limits::none()>
            <p class="state-text">{text::limits::none_hint()}</p>
        </ListState>
    }
    .into_any()
}
