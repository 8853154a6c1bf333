//! Background jobs with progress and errors.

mod row;

use std::time::Duration;

use domain::{
    jobs::{HISTORY_DAYS, Job, JobState, list::JobParams},
    list::{Limits, Listed, PageParams},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::head;
use crate::{
    api::{
        error::ApiError,
        listed::check_params,
        settings::{JOBS, list_jobs},
    },
    components::{
        icon::Icon,
        meaning,
        pager::{Pager, Pages},
        parameters::{NONE, checked, use_query},
        records::Records,
        state::{ListErrorNotice, ListState, LoadingNotice, Meaning},
    },
    labels::settings::job_state,
    links::with_selected,
    text,
};

/// Interval at which the list is loaded again while a job is queued or running.
const AGAIN: Duration = Duration::from_secs(2);

type JobsResource = Resource<Result<Listed<Job>, ApiError>>;

/// Renders the page "Jobs". Its whole state is in the URL.
#[component]
pub fn Jobs() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| JobParams::from_pairs(|name| query.read().get(name)));
    let request = checked(move || params.get(), JobParams::NAMES, NONE);
    let list = Resource::new(
        move || request.get(),
        |request| async move { list_jobs(check_params(request)?).await?.checked() },
    );
    refresh_periodically(list);
    view! {
        {head(super::JOBS)}
        <p class="pane-actions muted">
            {text::settings::jobs_note(HISTORY_DAYS)}
        </p>
        {move || filters(&params.read())}
        {move || {
            let query = request.get().ok().and_then(|params| params.parse(Limits::PANEL).ok());
            view! { <Meaning parts=query.map(|query| meaning::of_jobs(&query)).unwrap_or_default() /> }
        }}
        <section class="list" aria-label=text::frame::screen_jobs()>
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => shown(&params.get_untracked(), list),
                        Err(ApiError(problem)) => {
                            view! {
                                <ListErrorNotice
                                    title=text::settings::jobs_load_failed()
                                    problem=problem
                                    again=href(&params.get_untracked())
                                    all=JOBS.to_owned()
                                    label=text::settings::jobs_show_all()
                                />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
        <Outlet />
    }
}

/// Loads the list again at intervals while it has a queued or running job and the page is visible.
fn refresh_periodically(list: JobsResource) {
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
        if let Ok(timer) = set_interval_with_handle(look, AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Returns the URL of the list for the parameters.
fn href(params: &JobParams) -> String {
    with_selected(JOBS, params.pairs().into_iter(), &[])
}

/// Renders the filter form. It leads to the filtered list, with scripts or without.
fn filters(params: &JobParams) -> impl IntoView + use<> {
    let chosen = params.state.clone().unwrap_or_default();
    let states = JobState::ALL.iter().map(|state| {
        let word = state.as_str();
        view! {
            <option value=word selected=chosen == word>
                {job_state(*state)}
            </option>
        }
    });
    view! {
        <form class="list-filters" method="get" action=JOBS role="search" aria-label=text::settings::jobs_filter()>
            <label class="filter-field">
                {text::settings::job_state()} <select class="input" name="state">
                    <option value="">{text::settings::jobs_all_states()}</option>
                    {states.collect_view()}
                </select>
            </label>
            <div class="actions">
                <button class="button">{text::common::filter()}</button>
                <a class="button" href=href(params) rel="external">
                    {text::settings::jobs_refresh()}
                </a>
            </div>
        </form>
    }
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
    let rows = page.rows.into_iter().map(|job| row::cells(job, now));
    view! {
        <Records caption=text::frame::screen_jobs() columns=row::COLUMNS rows=rows.collect() />
        <Pager pages=pages />
    }
    .into_any()
}
