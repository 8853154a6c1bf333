//! Audit log entries.

mod changes;
pub mod list;
mod response;

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    action::TargetKind,
    users::{Unknown, string_enum},
};

pub use changes::{Changes, read_changes, spaced, timestamp_of};
pub use response::{AuditActor, AuditEntryResponse, AuditTarget};

string_enum! {
    /// Source of a change.
    Via {
        /// The admin panel.
        Ui = "ui",
        /// The API.
        Api = "api",
        /// The command line.
        Cli = "cli",
        /// A background job.
        Job = "job",
        /// The user themselves: signing in, following a link.
        Personal = "self",
    }
}

impl Via {
    /// Returns the label on the command line. Screens have it in the language of the page.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ui => "Panel",
            Self::Api => "API",
            Self::Cli => "CLI",
            Self::Job => "System",
            Self::Personal => "Self-service",
        }
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The id of the entry, ascending with time.
    pub id: i64,
    /// Time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The id of the acting user; `None` for the system or the operator.
    pub actor_id: Option<Uuid>,
    /// Name of the actor at the time.
    pub actor: String,
    /// Source of the change, one of [`Via`].
    pub via: String,
    /// Name of the access token, if the change was made with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Action, such as `user.created`.
    pub action: String,
    /// Kind of the target, such as `user`.
    pub target_kind: String,
    /// The id of the target, if it has one.
    pub target_id: Option<Uuid>,
    /// Name of the target at the time.
    pub target: String,
    /// Changed fields.
    #[schema(value_type = BTreeMap<String, Vec<Value>>)]
    pub changes: Changes,
    /// Reason, if one was given.
    pub reason: Option<String>,
    /// IP address of the client.
    #[schema(value_type = Option<String>)]
    pub ip: Option<IpAddr>,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<Uuid>,
    /// The id of the bulk action's entry that this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<i64>,
}

impl AuditEntry {
    /// Returns whether the entry is a bulk action on users, which has one of each beneath it.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.target_kind == TargetKind::Users.as_str()
    }

    /// Returns whether the entry has others beneath it that are shown only with it: those of a bulk action, and those of a change that says
    /// how many entries it has.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.is_batch() || self.changes.contains_key("entries")
    }

    /// Returns the id of the target if it is a user.
    #[must_use]
    pub fn target_user(&self) -> Option<Uuid> {
        self.target_id
            .filter(|_| self.target_kind == TargetKind::User.as_str())
    }
}
