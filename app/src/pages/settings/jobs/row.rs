//! A job as a row.

use ::time::OffsetDateTime;
use domain::{
    access::Permission,
    jobs::{Job, JobKind, JobState},
};
use leptos::prelude::*;

use crate::{
    api::settings::JOBS,
    components::{page_user::PageUser, records::Record, rows::RowKey, time::Ago},
    context::PageContext,
    format::{grouped, relative},
    pages::form::Sending,
};

/// Names of the columns of [`cells`].
pub(super) const COLUMNS: &[&str] = &[
    "Job",
    "State",
    "Progress",
    "Asked for",
    "Begun",
    "Ended",
    "Actions",
];

/// What the table shows of a job. `back` is the page that a button leads back to.
pub(super) fn cells(job: Job, now: OffsetDateTime, back: &str, retrying: Sending) -> Record {
    let key = key(&job, now);
    let (tone, word) = told(job.state);
    let name = named(&job);
    let retry = may_retry(&job).then(|| retry(&job, &name, back.to_owned(), retrying));
    let what = match job.target.as_ref().filter(|_| job.state != JobState::Done) {
        Some(target) => {
            view! { <a href=format!("/users/{}", target.id)>{name.clone()}</a> }.into_any()
        }
        None => name.clone().into_any(),
    };
    let ago = |at: Option<OffsetDateTime>| at.map(|at| view! { <Ago at=at now=now /> }).into_any();
    let cells = vec![
        what,
        view! {
            <span class=tone>{word}</span>
            {job.error.clone().map(|error| view! { <p class="muted">{error}</p> })}
        }
        .into_any(),
        progress(&job, name, now),
        ago(Some(job.created_at)),
        ago(job.started_at),
        ago(job.finished_at),
        retry.into_any(),
    ];
    (key, cells)
}

/// What the row shows. The list is read again every few seconds: a row of which nothing is different stays as it is, with
/// the focus in it.
fn key(job: &Job, now: OffsetDateTime) -> RowKey {
    let moments = [
        Some(job.created_at),
        job.started_at,
        job.progressed_at,
        job.finished_at,
    ];
    let moments = moments.map(|at| at.map(|at| relative(at, now)));
    let (id, state, done, total) = (job.id, job.state, job.done, job.total);
    let text = format!(
        "{id} {} {done} {total:?} {:?} {moments:?}",
        state.as_str(),
        job.error
    );
    (job.created_at, text)
}

/// What is done, and to whom.
fn named(job: &Job) -> String {
    match (job.kind, &job.target) {
        (JobKind::Purge, Some(target)) if !target.label.is_empty() => {
            format!("Remove {} for good", target.label)
        }
        (JobKind::Purge, _) => "Remove an account for good".to_owned(),
        (JobKind::RotateKeys, _) => "Encrypt API keys anew".to_owned(),
    }
}

/// How far it has come: a bar that is read out as what it is about, the numbers, and since when nothing was added to them.
fn progress(job: &Job, name: String, now: OffsetDateTime) -> AnyView {
    let done = grouped(job.done);
    let words = match job.total {
        Some(total) => format!("{done} of {}", grouped(total)),
        None => done,
    };
    // What is done was all of it, be it nothing. More may have come than was counted at first.
    let (value, most) = match (job.state, job.total.unwrap_or_default().max(job.done)) {
        (JobState::Done, _) => (1, 1),
        (_, total) => (job.done, total.max(1)),
    };
    let last = job.progressed_at.filter(|_| job.state.is_open());
    view! {
        <progress aria-label=name value=value max=most></progress>
        <p class="muted">{words} {last.map(|at| view! { ", last " <Ago at=at now=now /> })}</p>
    }
    .into_any()
}

/// Whether it has failed, and the viewer may try it again here. Keys are encrypted anew on the server.
fn may_retry(job: &Job) -> bool {
    job.state == JobState::Failed
        && job.kind == JobKind::Purge
        && PageContext::current().may(Permission::UsersWrite)
}

fn retry(job: &Job, name: &str, back: String, retrying: Sending) -> impl IntoView + use<> {
    let target = job.target.as_ref();
    let username = target
        .map(|target| target.label.clone())
        .unwrap_or_default();
    view! {
        <form method="post" action=JOBS on:submit=move |event| retrying.submit.run(event)>
            <PageUser />
            <input type="hidden" name="page" value=back />
            <input type="hidden" name="id" value=job.id.to_string() />
            <input type="hidden" name="username" value=username />
            <button
                class="button"
                aria-label=format!("Try again: {name}")
                aria-disabled=move || retrying.busy()
            >
                "Try again"
            </button>
        </form>
    }
}

/// A state as a colour and a word.
pub(super) const fn told(state: JobState) -> (&'static str, &'static str) {
    match state {
        JobState::Queued => ("badge", "Waits"),
        JobState::Running => ("badge tone-info", "Under way"),
        JobState::Done => ("badge tone-success", "Done"),
        JobState::Failed => ("badge tone-danger", "Failed"),
    }
}
