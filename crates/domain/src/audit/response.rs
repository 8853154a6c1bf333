//! Audit log entries as programs read them: over the API, in files, on the command line.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AuditEntry, Changes};

/// An audit log entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntryResponse {
    /// The id of the entry, ascending with time.
    pub id: i64,
    /// Time of the change.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Actor of the change.
    pub actor: AuditActor,
    /// Source of the change: `ui`, `api`, `cli`, `job` or `self`.
    pub via: String,
    /// Name of the access token, if the change was made with one.
    pub token: Option<String>,
    /// Action, such as `user.created`.
    pub action: String,
    /// Target of the action.
    pub target: AuditTarget,
    /// Values before and after, by field.
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
    #[serde(default)]
    pub parent_id: Option<i64>,
}

/// The actor of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditActor {
    /// The id of the user; `None` for the system or the operator.
    pub id: Option<Uuid>,
    /// Name of the actor at the time.
    pub label: String,
}

/// The target of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditTarget {
    /// Kind of the target, such as `user`.
    pub kind: String,
    /// The id of the target, if it has one.
    pub id: Option<Uuid>,
    /// Name of the target at the time.
    pub label: String,
}

impl From<AuditEntry> for AuditEntryResponse {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: AuditActor {
                id: entry.actor_id,
                label: entry.actor,
            },
            via: entry.via,
            token: entry.token,
            action: entry.action,
            target: AuditTarget {
                kind: entry.target_kind,
                id: entry.target_id,
                label: entry.target,
            },
            changes: entry.changes,
            reason: entry.reason,
            ip: entry.ip,
            request_id: entry.request_id,
            parent_id: entry.parent_id,
        }
    }
}
