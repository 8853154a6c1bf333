//! The record of changes, as people read it.

use std::{collections::BTreeMap, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::users::{Unknown, words};

words! {
    /// By which door a change came.
    Via {
        /// The panel.
        Ui = "ui",
        /// The API.
        Api = "api",
        /// The command line.
        Cli = "cli",
        /// Work that nobody waits for.
        Job = "job",
        /// The person themselves: signing in, following a link.
        Personal = "self",
    }
}

/// What changed: before and after, by field. A secret is never in it, only that there is a new one.
pub type Changes = BTreeMap<String, (Value, Value)>;

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Rises with time.
    pub id: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whose account did it, if one did.
    pub actor_id: Option<Uuid>,
    /// Their name at the time.
    pub actor: String,
    /// By which door.
    pub via: String,
    /// What was done, such as `user.created`.
    pub action: String,
    /// Kind of the thing it was done to.
    pub target_kind: String,
    /// Its id.
    pub target_id: Option<Uuid>,
    /// Its name at the time.
    pub target: String,
    /// What changed.
    pub changes: Changes,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// From where.
    pub ip: Option<IpAddr>,
    /// Names the log lines of the request.
    pub request_id: Option<Uuid>,
}
