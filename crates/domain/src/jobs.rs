//! Long work that goes on in the background: what it is, and how far it has come.

pub mod list;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::users::{Unknown, UserId, words};

/// For how many days a job that is done can be looked up.
pub const HISTORY_DAYS: u16 = 30;

words! {
    /// What is done.
    JobKind {
        /// An account is removed for good, with all that the person owns.
        Purge = "purge",
        /// The keys of providers are encrypted anew, under another encryption key.
        RotateKeys = "rotate_keys",
    }
}

words! {
    /// How a job stands.
    JobState {
        /// Nobody works on it yet.
        Queued = "queued",
        /// It is under way, piece by piece. Whoever works on it may be gone: the next one goes on.
        Running = "running",
        /// All of it is done.
        Done = "done",
        /// It cannot go on by itself.
        Failed = "failed",
    }
}

impl JobState {
    /// The name of the state on a screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Queued => "Waits",
            Self::Running => "Under way",
            Self::Done => "Done",
            Self::Failed => "Failed",
        }
    }

    /// Whether there is more to come without anybody's doing.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Running => true,
            Self::Done | Self::Failed => false,
        }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Id.
    pub id: Uuid,
    /// What is done.
    pub kind: JobKind,
    /// Whose account it is, if it is about one.
    pub target: Option<JobTarget>,
    /// How it stands.
    pub state: JobState,
    /// Things done so far.
    pub done: u64,
    /// How many there are about, if that is known.
    pub total: Option<u64>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When somebody began to work on it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When the last piece of it was done.
    #[serde(with = "time::serde::rfc3339::option")]
    pub progressed_at: Option<OffsetDateTime>,
    /// When it was done, or failed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

/// Why a job that has not failed cannot be retried.
pub const NOT_FAILED: &str = "This job has not failed: there is nothing to try again.";
/// Why a job of the command line cannot be retried in the panel.
pub const ON_SERVER: &str = "This is done on the server: run `rollcall keys rotate` there again.";

impl Job {
    /// Returns why the job cannot be retried; none if it can be.
    #[must_use]
    pub fn retry_refusal(&self) -> Option<&'static str> {
        match (self.kind, self.state) {
            (JobKind::RotateKeys, _) => Some(ON_SERVER),
            (JobKind::Purge, JobState::Failed) => None,
            (JobKind::Purge, JobState::Queued | JobState::Running | JobState::Done) => {
                Some(NOT_FAILED)
            }
        }
    }
}

/// Whose account a job is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobTarget {
    /// The account. Once the job is done there is none of this id any more.
    pub id: UserId,
    /// The name that it had.
    pub label: String,
}
