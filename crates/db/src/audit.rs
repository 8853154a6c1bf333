//! The record of changes. Written in the transaction of the change itself.

use std::net::IpAddr;

use serde_json::Value;
use sqlx::{PgConnection, types::ipnetwork::IpNetwork};
use uuid::Uuid;

use crate::Error;

/// Who or what made a change.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// Their account, if they have one.
    pub id: Option<Uuid>,
    /// Their name at the time.
    pub label: String,
    /// `ui`, `api`, `cli`, `job` or `self`.
    pub via: &'static str,
    /// From where.
    pub ip: Option<IpAddr>,
    /// Names the log lines of the request.
    pub request_id: Option<Uuid>,
}

/// A change, as it is recorded.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// What was done, such as `user.created`.
    pub action: &'static str,
    /// Kind of the thing it was done to.
    pub target_kind: &'static str,
    /// Id of that thing.
    pub target_id: Option<Uuid>,
    /// Its name at the time.
    pub target_label: &'a str,
    /// `{field: [before, after]}`, never a secret.
    pub changes: Value,
}

/// Records a change.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    actor: &Actor,
    entry: &Entry<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into audit_events (
            at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, ip, request_id
        ) values (now(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        actor.id,
        actor.label,
        actor.via,
        entry.action,
        entry.target_kind,
        entry.target_id,
        entry.target_label,
        entry.changes,
        actor.ip.map(IpNetwork::from),
        actor.request_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
