//! Background jobs: their kind, state and progress.

pub mod list;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    message::Message,
    messages,
    users::{Unknown, UserId, string_enum},
};

/// Number of days for which a finished job stays listed.
pub const HISTORY_DAYS: u16 = 30;

/// Number of rows that a deletion changes in one transaction, which takes some hundred milliseconds.
pub const ROWS_AT_ONCE: u64 = 5_000;

/// Returns whether the deletion of a role, a group or a feature is a job, because it changes this number of rows.
#[must_use]
pub const fn is_job(rows: u64) -> bool {
    rows > ROWS_AT_ONCE
}

string_enum! {
    /// Kind of a job.
    JobKind {
        /// Deletes an account permanently, with all data that the user owns.
        Purge = "purge",
        /// Re-encrypts the provider API keys with another encryption key.
        RotateKeys = "rotate_keys",
        /// Deletes a role that many users have.
        DeleteRole = "delete_role",
        /// Deletes a group with many members or grants.
        DeleteGroup = "delete_group",
        /// Deletes a feature that many groups have.
        DeleteFeature = "delete_feature",
    }
}

string_enum! {
    /// State of a job.
    JobState {
        /// Not started yet.
        Queued = "queued",
        /// In progress, chunk by chunk. If its worker stops, another one continues.
        Running = "running",
        /// Completed.
        Done = "done",
        /// Stopped by an error; it does not continue by itself.
        Failed = "failed",
    }
}

impl JobState {
    /// Returns whether the job continues by itself.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Running => true,
            Self::Done | Self::Failed => false,
        }
    }
}

/// A background job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobResponse)]
pub struct Job {
    /// The id of the job.
    pub id: Uuid,
    /// Kind of the job.
    pub kind: JobKind,
    /// The user that the job is about, if it is about one.
    pub target: Option<JobTarget>,
    /// Name of the role or the group that the job deletes, or the key of the feature, if it deletes one.
    pub object: Option<String>,
    /// State of the job.
    pub state: JobState,
    /// Number of items processed so far.
    pub done: u64,
    /// Estimated number of items in all, if known.
    pub total: Option<u64>,
    /// Reason of the failure, if it failed.
    pub error: Option<String>,
    /// Time at which it was queued.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time at which a worker started it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// Time at which the last chunk was completed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub progressed_at: Option<OffsetDateTime>,
    /// Time at which it completed or failed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl Job {
    /// Returns the reason why the job cannot be retried; `None` if it can be.
    #[must_use]
    pub fn retry_denied(&self) -> Option<Message> {
        match (self.kind, self.state) {
            (JobKind::RotateKeys, _) => Some(messages::job_on_server()),
            (_, JobState::Queued | JobState::Running | JobState::Done) => {
                Some(messages::job_not_failed())
            }
            (JobKind::Purge, JobState::Failed) => None,
            (
                JobKind::DeleteRole | JobKind::DeleteGroup | JobKind::DeleteFeature,
                JobState::Failed,
            ) => Some(messages::job_delete_again()),
        }
    }
}

/// The user that a job is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobTarget {
    /// The id of the account. Once a purge is done, no account has this id any more.
    pub id: UserId,
    /// Name of the user at the time.
    pub label: String,
}
