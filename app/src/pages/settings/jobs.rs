//! Background jobs with progress and errors.

mod row;

use std::time::Duration;

use domain::{
    jobs::{HISTORY_DAYS, Job, JobState, list::JobParams},
    list::{Limits, Listed, PageParams, Total},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::tabs;
use crate::{
    api::{
        read::ReadRequest,
        settings::{JOBS, ListJobs},
    },
    components::{
        filters::{Entry, FilterField, FilterForm},
        icon::Icon,
        list::{
            column::cells,
            data_table::{self, DataTable},
            url_list::{ListTexts, UrlList, paged},
        },
        loaded::Loaded,
        meaning,
        state::{ListState, Meaning},
    },
    labels::settings::job_state,
    links::over,
    text,
};
use row::{COLUMNS, ListedJob};

/// Interval at which the list is loaded again while a job is queued or running.
const AGAIN: Duration = Duration::from_secs(2);

static TEXTS: ListTexts = ListTexts {
    title: text::frame::screen_settings,
    label: text::frame::screen_jobs,
    load_failed: text::settings::jobs_load_failed,
    show_all: text::settings::jobs_show_all,
};

/// Renders the page "Jobs". Its whole state is in the URL.
#[component]
pub fn Jobs() -> impl IntoView {
    // Quiet, because the list is loaded every few seconds, and a progress line would blink.
    let list = UrlList::load(JOBS, &TEXTS, |params| ReadRequest::of(ListJobs { params })).quiet();
    let request = list.request;
    refresh_periodically(list.loaded);
    let above = view! {
        {tabs(super::JOBS)}
        <p class="pane-actions muted">
            {text::settings::jobs_note(HISTORY_DAYS)}
        </p>
        <Filters params=list.params />
        {move || {
            let query = request.get().ok().and_then(|params| params.parse(Limits::PANEL).ok());
            view! { <Meaning parts=query.map(|query| meaning::of_jobs(&query)).unwrap_or_default() /> }
        }}
    };
    let screen = list.render(().into_any(), above.into_any(), |_| table(), shown);
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
            <a class="button" href=move || over(JOBS, &*params.read()) rel="external">
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
    let row = |job| {
        let listed = ListedJob { job, now };
        data_table::row(listed.job.id, cells(&COLUMNS, &listed))
    };
    paged(JOBS, params, page, table(), row, empty)
}

/// Renders the empty state.
fn empty(params: &JobParams, _: Total) -> AnyView {
    let title = if params.pairs().is_empty() {
        text::settings::jobs_none()
    } else {
        text::settings::jobs_none_match()
    };
    view! {
        <ListState icon=Icon::Check title=title>
            <p class="state-text">
                {text::settings::jobs_none_hint()}
            </p>
        </ListState>
    }
    .into_any()
}
