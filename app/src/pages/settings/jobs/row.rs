//! Background job as a table row.

use ::time::OffsetDateTime;
use domain::{
    jobs::{Job, JobKind, JobState},
    permission::Permission,
};
use leptos::prelude::*;

use crate::{
    api::settings::JOBS,
    components::{confirm_link::ConfirmLink, records::Record, time::Ago},
    context::PageContext,
    format::grouped,
    labels::settings::job_state,
    text,
};

/// Column headings of [`cells`].
pub(super) const COLUMNS: &[text::Label] = &[
    text::settings::job,
    text::settings::job_state,
    text::settings::job_progress,
    text::settings::job_requested,
    text::settings::job_started,
    text::settings::job_finished,
    text::common::actions,
];

/// Returns the cells of a job.
pub(super) fn cells(job: Job, now: OffsetDateTime) -> Record {
    let (tone, word) = (tone(job.state), job_state(job.state));
    let name = named(&job);
    let retry = may_retry(&job).then(|| {
        let href = format!("{JOBS}/{}/retry", job.id);
        let about = text::settings::job_retry_purge(target(&job));
        view! { <ConfirmLink href=href label=text::settings::job_retry() about=about /> }
    });
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
    (job.id.to_string(), cells)
}

/// Returns the kind of the job with its target.
fn named(job: &Job) -> String {
    match job.kind {
        JobKind::Purge => text::settings::job_purge(target(job)),
        JobKind::RotateKeys => text::settings::job_rotate_keys().to_owned(),
    }
}

/// Returns the name of the user that the job deletes.
fn target(job: &Job) -> &str {
    let label = job.target.as_ref().map(|target| target.label.as_str());
    label
        .filter(|label| !label.is_empty())
        .unwrap_or(text::settings::job_some_user())
}

/// Renders the progress: a bar with the job as its accessible name, the numbers, and the time of the last progress.
fn progress(job: &Job, name: String, now: OffsetDateTime) -> AnyView {
    let done = grouped(job.done);
    let words = match job.total {
        Some(total) => text::settings::job_done(done, grouped(total)),
        None => done,
    };
    // A completed job is shown as full, even if it had nothing to do. The total may be exceeded, since it is counted at the start.
    let (value, most) = match (job.state, job.total.unwrap_or_default().max(job.done)) {
        (JobState::Done, _) => (1, 1),
        (_, total) => (job.done, total.max(1)),
    };
    let last = job.progressed_at.filter(|_| job.state.is_open());
    let updated = last.map(|at| {
        let [before, after] = text::settings::job_updated_around();
        view! { {before} <Ago at=at now=now /> {after} }
    });
    view! {
        <progress aria-label=name value=value max=most></progress>
        <p class="muted">{words} {updated}</p>
    }
    .into_any()
}

/// Returns whether the job has failed and the viewer can retry it here. Re-encryption of keys is retried on the server.
fn may_retry(job: &Job) -> bool {
    job.retry_denied().is_none() && PageContext::current().may(Permission::UsersWrite)
}

/// Returns the CSS class of a state's badge.
const fn tone(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "badge",
        JobState::Running => "badge tone-info",
        JobState::Done => "badge tone-success",
        JobState::Failed => "badge tone-danger",
    }
}
