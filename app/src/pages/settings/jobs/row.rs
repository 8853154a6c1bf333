//! Columns of the list of background jobs.

use ::time::OffsetDateTime;
use domain::{
    jobs::{Job, JobKind, JobState},
    permission::Permission,
};
use leptos::prelude::*;

use crate::{
    api::settings::JOBS,
    components::{confirm_link::ConfirmLink, list::column::Column, time::Ago},
    context::PageContext,
    format::grouped,
    labels::settings::job_state,
    text,
};

/// Row of the list.
pub(super) struct ListedJob {
    /// Job of the row.
    pub(super) job: Job,
    /// Server time of the response.
    pub(super) now: OffsetDateTime,
}

/// Columns in their order.
pub(super) static COLUMNS: [Column<ListedJob>; 7] = [
    Column {
        class: "",
        label: text::settings::job,
        sort: None,
        cell: |cell, row| {
            let job = &row.job;
            let target = job.target.as_ref().filter(|_| job.state != JobState::Done);
            match target {
                Some(target) => {
                    let href = format!("/users/{}", target.id);
                    cell.header(view! { <a href=href>{named(job)}</a> })
                }
                None => cell.header(named(job)),
            }
        },
    },
    Column {
        class: "",
        label: text::settings::job_state,
        sort: None,
        cell: |cell, row| {
            let error = row.job.error.clone();
            cell.labelled(view! {
                <span class=tone(row.job.state)>{job_state(row.job.state)}</span>
                {error.map(|error| view! { <p class="muted">{error}</p> })}
            })
        },
    },
    Column {
        class: "",
        label: text::settings::job_progress,
        sort: None,
        cell: |cell, row| cell.labelled(progress(&row.job, named(&row.job), row.now)),
    },
    Column {
        class: "",
        label: text::settings::job_requested,
        sort: None,
        cell: |cell, row| cell.labelled(ago(Some(row.job.created_at), row.now)),
    },
    Column {
        class: "",
        label: text::settings::job_started,
        sort: None,
        cell: |cell, row| cell.labelled(ago(row.job.started_at, row.now)),
    },
    Column {
        class: "",
        label: text::settings::job_finished,
        sort: None,
        cell: |cell, row| cell.labelled(ago(row.job.finished_at, row.now)),
    },
    Column {
        class: "",
        label: text::common::actions,
        sort: None,
        cell: |cell, row| {
            let job = &row.job;
            let retry = may_retry(job).then(|| {
                let href = format!("{JOBS}/{}/retry", job.id);
                let about = text::settings::job_retry_purge(target(job));
                view! { <ConfirmLink href=href label=text::settings::job_retry() about=about /> }
            });
            cell.plain(retry)
        },
    },
];

/// Renders the time since an event, if it has happened.
fn ago(at: Option<OffsetDateTime>, now: OffsetDateTime) -> AnyView {
    at.map(|at| view! { <Ago at=at now=now /> }).into_any()
}

/// Returns the kind of the job with its target.
fn named(job: &Job) -> String {
    match job.kind {
        JobKind::Purge => text::settings::job_purge(target(job)),
        JobKind::RotateKeys => text::settings::job_rotate_keys().to_owned(),
        JobKind::DeleteRole => text::settings::job_delete_role(object(job)),
        JobKind::DeleteGroup => text::settings::job_delete_group(object(job)),
        JobKind::DeleteFeature => text::settings::job_delete_feature(object(job)),
    }
}

/// Returns the name of the user that the job deletes.
fn target(job: &Job) -> &str {
    let label = job.target.as_ref().map(|target| target.label.as_str());
    label
        .filter(|label| !label.is_empty())
        .unwrap_or(text::settings::job_some_user())
}

/// Returns the name of the role, the group or the feature that the job deletes.
fn object(job: &Job) -> &str {
    job.object.as_deref().unwrap_or_default()
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
