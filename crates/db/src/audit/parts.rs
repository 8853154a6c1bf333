//! Entries beneath the entry of a change: one for each of its users or objects.

use domain::action::Action;
use serde_json::Value;
use sqlx::{PgConnection, types::ipnetwork::IpNetwork};
use uuid::Uuid;

use super::Actor;
use crate::Error;

/// Inserts an entry for each of several targets, by their ids and names, with the same changes.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_parts(
    connection: &mut PgConnection,
    actor: &Actor,
    action: Action,
    targets: &[(Uuid, String)],
    changes: Value,
) -> Result<(), Error> {
    let (ids, labels): (Vec<Uuid>, Vec<String>) = targets.iter().cloned().unzip();
    sqlx::query!(
        "insert into audit_events (
            at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, ip,
            request_id, token_id, token_label, parent_id
        )
        select now(), $1, $2, $3, $4, $5, t.id, t.label, $6, $7, $8, $9, $10, $11
        from unnest($12::uuid[], $13::text[]) with ordinality as t (id, label, place)
        order by t.place",
        actor.id,
        actor.label,
        actor.via,
        action.as_str(),
        action.target().as_str(),
        changes,
        actor.ip.map(|address| IpNetwork::from(address.ip())),
        actor.request_id,
        actor.token_id(),
        actor.token_label(),
        actor.parent_id,
        &ids,
        &labels,
    )
    .execute(connection)
    .await?;
    Ok(())
}
