//! Background jobs with progress and errors.

mod row;

use std::time::Duration;

use domain::{
    jobs::{HISTORY_DAYS, Job, JobState, list::JobParams},
    list::{Limits, Listed, PageParams},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::tabs;
use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        settings::{JOBS, ListJobs},
    },
    components::{
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            ListScreen,
            column::cells,
            data_table::{self, DataTable},
        },
        loaded::Loaded,
        loading::Loading,
        meaning,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, Meaning},
    },
    labels::settings::job_state,
    links::with_selected,
    text,
};
use row::{COLUMNS, ListedJob};

/// Interval at which the list is loaded again while a job is queued or running.
const AGAIN: Duration = Duration::from_secs(2);

/// Renders the page "Jobs". Its whole state is in the URL.
#[component]
pub fn Jobs() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| JobParams::from_pairs(|name| query.read().get(name)));
    let request = checked(move || params.get(), JobParams::NAMES, NONE);
    // Not shown: the list is loaded every few seconds, and a progress line would blink.
    let uncounted = Loading::new();
    let list = Loaded::list(uncounted, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListJobs { params })
    });
    refresh_periodically(list);
    let above = view! {
        {tabs(super::JOBS)}
        <p class="pane-actions muted">
            {text::settings::jobs_note(HISTORY_DAYS)}
        </p>
        <Filters params=params />
        {move || {
            let query = request.get().ok().and_then(|params| params.parse(Limits::PANEL).ok());
            view! { <Meaning parts=query.map(|query| meaning::of_jobs(&query)).unwrap_or_default() /> }
        }}
    };
    let screen = ListScreen {
        title: text::frame::screen_settings(),
        header: "page-head",
        beside: ().into_any(),
        above: above.into_any(),
        label: text::frame::screen_jobs(),
        loading: Loading::new(),
        skeleton: (|| table().skeleton()).into(),
    };
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(list) => shown(&params, list),
            Err(problem) => view! {
                <ListErrorNotice
                    title=text::settings::jobs_load_failed()
                    problem=problem
                    again=href(&params)
                    all=JOBS.to_owned()
                    label=text::settings::jobs_show_all()
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

/// Loads the list again at intervals while it has a queued or running job and the page is visible.
fn refresh_periodically(list: Loaded<Listed<Job>>) {
    let has_open_jobs = StoredValue::new(false);
    Effect::new(move |_| {
        if let Some(Ok(list)) = list.get() {
            has_open_jobs.set_value(list.page.rows.iter().any(|job| job.state.is_open()));
        }
    });
    let look = move || {
        if has_open_jobs.try_get_value() == Some(true) && !document().hidden() {
            list.refetch();
        }
    };
    Effect::new(move |_| {
        if let Ok(timer) = set_interval(look, AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Returns the URL of the list for the parameters.
fn href(params: &JobParams) -> String {
    with_selected(JOBS, params.pairs().into_iter(), &[])
}

/// Renders the filter form, with a link that loads the list again.
#[component]
fn Filters(
    /// State of the list, from the URL.
    params: Memo<JobParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::stored(JOBS.to_owned());
    view! {
        <FilterForm label=text::settings::jobs_filter() path=JOBS fields=fields cleared=cleared>
            <a class="button" href=move || href(&params.read()) rel="external">
                {text::settings::jobs_refresh()}
            </a>
        </FilterForm>
    }
}

fn fields(params: &JobParams) -> Vec<FilterField> {
    let states = JobState::ALL.iter();
    let states = states.map(|state| (state.as_str(), job_state(*state)));
    let states = std::iter::once(("", text::settings::jobs_all_states())).chain(states);
    vec![FilterField::new(
        "state",
        &params.state,
        Entry::Chosen(text::settings::job_state(), states.collect()),
    )]
}

/// Returns the table of the list without its rows.
fn table() -> DataTable {
    DataTable::records(text::frame::screen_jobs(), &COLUMNS)
}

/// Renders the rows, or the empty state.
fn shown(params: &JobParams, list: Listed<Job>) -> AnyView {
    let Listed { page, now } = list;
    if page.rows.is_empty() {
        let title = if params.pairs().is_empty() {
            text::settings::jobs_none()
        } else {
            text::settings::jobs_none_match()
        };
        return view! {
            <ListState icon=Icon::Check title=title>
                <p class="state-text">
                    {text::settings::jobs_none_hint()}
                </p>
            </ListState>
        }
        .into_any();
    }
    let pages = Pages::of(params, &page, href);
    let rows = page.rows.into_iter().map(|job| {
        let listed = ListedJob { job, now };
        data_table::row(listed.job.id, cells(&COLUMNS, &listed))
    });
    let table = table().with_rows(rows.collect());
    view! {
        {table}
        <Pager pages=pages />
    }
    .into_any()
}
