//! An entry as programs read it: over the API, in files, on the command line.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AuditEntry, Changes};

/// An entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShownEntry {
    /// Names it.
    pub id: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who did it.
    pub actor: Party,
    /// By which door.
    pub via: String,
    /// What the access token was called that they did it with, if they did it with one.
    pub token: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub target: Target,
    /// Before and after, by field.
    #[schema(value_type = BTreeMap<String, Vec<Value>>)]
    pub changes: Changes,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// From where.
    #[schema(value_type = Option<String>)]
    pub ip: Option<IpAddr>,
    /// Names the log lines of the request.
    pub request_id: Option<Uuid>,
    /// The entry of the action on many that this one is part of.
    #[serde(default)]
    pub parent_id: Option<i64>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// Their account, if they had one.
    pub id: Option<Uuid>,
    /// Their name at the time.
    pub label: String,
}

/// To what something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Target {
    /// What kind of thing.
    pub kind: String,
    /// Its id, if it has one.
    pub id: Option<Uuid>,
    /// Its name at the time.
    pub label: String,
}

impl From<AuditEntry> for ShownEntry {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: Party {
                id: entry.actor_id,
                label: entry.actor,
            },
            via: entry.via,
            token: entry.token,
            action: entry.action,
            target: Target {
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
