//! Page "Limits": all stored limits, the first created first.

pub mod dialogs;
mod table;

use domain::{
    limits::{Limit, LimitListParams, Metric, SubjectKind},
    list::{Listed, PageParams},
    permission::Permission,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        limits::{LIMITS, ListLimits},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        dialog::DialogRoute,
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{ListScreen, data_table::DataTable},
        loaded::Loaded,
        loading::Loading,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState},
    },
    context::PageContext,
    labels::limits as labels,
    links::limits::over,
    text,
};
use table::LimitRow;

/// Renders the page. Its whole state is in the URL.
#[component]
pub fn Limits() -> impl IntoView {
    let params = use_params();
    let loading = Loading::new();
    let request = checked(move || params.get(), LimitListParams::NAMES, NONE);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListLimits { params })
    });
    let beside = may_write().then(|| {
        let href = move || over(&format!("{LIMITS}/new"), &params.read());
        view! {
            <div class="toolbar-end">
                <a class="button button-primary" href=href data-noscroll>
                    {text::limits::new()}
                </a>
            </div>
        }
    });
    let above = view! {
        <p class="pane-actions muted">{text::limits::hint()}</p>
        <Filters params=params />
    };
    let screen = ListScreen {
        title: text::limits::title(),
        header: "page-head",
        beside: beside.into_any(),
        above: above.into_any(),
        label: text::limits::title(),
        loading,
        skeleton: (|| table().skeleton()).into(),
    };
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => shown(&params, list),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::limits::load_failed()
                    problem=problem
                    again=over(LIMITS, &params)
                    all=LIMITS.to_owned()
                    label=text::limits::show_all()
                />
            }
            .into_any(),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the parameters of the list in the URL.
fn use_params() -> Memo<LimitListParams> {
    let query = use_query();
    Memo::new(move |_| LimitListParams::from_pairs(|name| query.read().get(name)))
}

/// Returns the path of a dialog and the URL of the list behind it.
fn route(end: &str) -> DialogRoute {
    DialogRoute {
        path: format!("{LIMITS}/{end}"),
        back: over(LIMITS, &use_params().get_untracked()),
    }
}

/// Returns whether the viewer can change limits.
fn may_write() -> bool {
    PageContext::current().may(Permission::LimitsWrite)
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::limits::title(), table::columns())
}

/// Renders the filter form.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<LimitListParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::stored(LIMITS.to_owned());
    view! { <FilterForm label=text::limits::filter() path=LIMITS fields=fields cleared=cleared /> }
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
fn shown(params: &LimitListParams, list: Listed<Limit>) -> AnyView {
    let Listed { page, .. } = list;
    if page.rows.is_empty() {
        return empty(params);
    }
    let pages = Pages::of(params, &page, |params| over(LIMITS, params));
    let rows = page.rows.into_iter().map(|limit| {
        table::row(LimitRow {
            limit,
            params: params.clone(),
        })
    });
    let table = table().with_rows(rows.collect());
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the empty state: of a filter, or of a list without limits.
fn empty(params: &LimitListParams) -> AnyView {
    let is_filter = |name: &str| ["subject", "id", "metric"].contains(&name);
    if params.pairs().iter().any(|(name, _)| is_filter(name)) {
        return view! {
            <ListState icon=Icon::Search title=text::limits::none_match()>
                <div class="state-actions">
                    <a class="button" href=LIMITS>
                        {text::limits::show_all()}
                    </a>
                </div>
            </ListState>
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
