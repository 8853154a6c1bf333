//! The audit log. Each entry is inserted in the transaction of the change itself.

mod filter;
pub mod horizon;
mod list;
mod parts;
pub mod seals;

use domain::{
    action::{Action, TargetKind},
    audit::{AuditEntry, read_changes},
    client_address::ClientAddress,
};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

pub use filter::{AuditName, AuditQueryFilter};
pub use list::{count, list_page, list_up_to};
pub use parts::insert_parts;

/// The actor of a change.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    /// The id of the user; `None` for the system or the operator.
    pub id: Option<Uuid>,
    /// Name of the actor at the time.
    pub label: String,
    /// Source of the change: `ui`, `api`, `cli`, `job` or `self`.
    pub via: &'static str,
    /// The id and the name of the access token, if the change is made with one.
    pub token: Option<(Uuid, String)>,
    /// IP address of the client.
    pub ip: Option<ClientAddress>,
    /// The id of the request, which its log lines carry.
    pub request_id: Option<Uuid>,
    /// The id of the bulk action's entry that this change is part of.
    pub parent_id: Option<i64>,
}

impl Actor {
    fn token_id(&self) -> Option<Uuid> {
        self.token.as_ref().map(|(id, _)| *id)
    }

    fn token_label(&self) -> Option<&str> {
        self.token.as_ref().map(|(_, label)| label.as_str())
    }
}

/// A change to write to the audit log.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Audited action.
    pub action: Action,
    /// Kind of the target.
    pub target_kind: TargetKind,
    /// The id of the target, if it has one.
    pub target_id: Option<Uuid>,
    /// Name of the target at the time.
    pub target_label: &'a str,
    /// Changed fields as `{field: [before, after]}`, never a secret.
    pub changes: Value,
    /// Reason, if one was given.
    pub reason: Option<&'a str>,
}

/// Proof that a transaction has written its entry. [`crate::commit`] takes one, so that a change without an entry does not compile.
#[derive(Debug)]
pub struct Audited(());

impl Audited {
    /// Returns the proof for a transaction that needs no entry, for a reason that its code states.
    #[must_use]
    pub const fn not_needed(_reason: &'static str) -> Self {
        Self(())
    }
}

/// Inserts an entry. Returns its id, and the proof for the commit.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    actor: &Actor,
    entry: &Entry<'_>,
) -> Result<(i64, Audited), Error> {
    let row = sqlx::query!(
        "insert into audit_events (
            at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip,
            request_id, token_id, token_label, parent_id
        ) values (now(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        returning id",
        actor.id,
        actor.label,
        actor.via,
        entry.action.as_str(),
        entry.target_kind.as_str(),
        entry.target_id,
        entry.target_label,
        entry.changes,
        entry.reason,
        actor.ip.map(|address| IpNetwork::from(address.ip())),
        actor.request_id,
        actor.token_id(),
        actor.token_label(),
        actor.parent_id,
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, Audited(())))
}

/// Inserts entries for sessions of several users that were revoked together: one for each user, with the number of sessions.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_sessions_ended(
    connection: &mut PgConnection,
    actor: &Actor,
    ended: &[(Uuid, i64)],
    reason: &str,
) -> Result<Audited, Error> {
    let (users, counts): (Vec<_>, Vec<_>) = ended.iter().copied().unzip();
    sqlx::query!(
        "insert into audit_events (
            at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip,
            request_id, token_id, token_label, parent_id
        )
        select
            now(), $1, $2, $3, 'user.sessions_ended', 'user', u.id, u.username,
            jsonb_build_object('sessions', jsonb_build_array(e.count, 0)), $4, $5, $6, $7, $8, $11
        from unnest($9::uuid[], $10::bigint[]) as e (user_id, count)
        join users u on u.id = e.user_id
        order by u.id",
        actor.id,
        actor.label,
        actor.via,
        reason,
        actor.ip.map(|address| IpNetwork::from(address.ip())),
        actor.request_id,
        actor.token_id(),
        actor.token_label(),
        &users,
        &counts,
        actor.parent_id,
    )
    .execute(connection)
    .await?;
    Ok(Audited(()))
}

/// Lists at most `most` entries about or by a user, the latest first, before an entry. A bulk action by the user is one entry.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_of(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<AuditEntry>, Error> {
    // Only the index on `actor_id` serves the actor's branch in this order. With an order by time alone, an actor of 20,000 entries within
    // one bulk action looks so frequent to the planner that it reads the whole month for the others.
    let rows = sqlx::query_as!(
        Row,
        r#"with place as (
            select
                coalesce((select max(at) from audit_events where id = $2), 'infinity'::timestamptz) as at,
                coalesce($2, 9223372036854775807) as id
        )
        select
            id as "id!", at as "at!", actor_id, actor_label as "actor_label!", via as "via!", token_label,
            action as "action!",
            target_kind as "target_kind!", target_id, target_label as "target_label!",
            case when octet_length(changes::text) <= 65536 then changes::text else octet_length(changes::text)::text end
                as "changes!",
            reason, ip, request_id, parent_id
        from (
            (
                select * from audit_events
                where target_id = $1 and (at, id) < (select p.at, p.id from place p)
                order by at desc, id desc limit $3
            ) union (
                select * from audit_events
                where (actor_id, at, id) < (select $1, p.at, p.id from place p)
                    and (actor_id, at) >= ($1, '-infinity'::timestamptz) and parent_id is null
                order by actor_id desc, at desc, id desc limit $3
            )
        ) e
        order by at desc, id desc limit $3"#,
        user_id,
        before,
        most,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A row of `audit_events`.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) at: OffsetDateTime,
    pub(crate) actor_id: Option<Uuid>,
    pub(crate) actor_label: String,
    pub(crate) via: String,
    pub(crate) token_label: Option<String>,
    pub(crate) action: String,
    pub(crate) target_kind: String,
    pub(crate) target_id: Option<Uuid>,
    pub(crate) target_label: String,
    pub(crate) changes: String,
    pub(crate) reason: Option<String>,
    pub(crate) ip: Option<IpNetwork>,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) parent_id: Option<i64>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_id: row.actor_id,
            actor: row.actor_label,
            via: row.via,
            token: row.token_label,
            action: row.action,
            target_kind: row.target_kind,
            target_id: row.target_id,
            target: row.target_label,
            changes: read_changes(&row.changes),
            reason: row.reason,
            ip: row.ip.map(|network| network.ip()),
            request_id: row.request_id,
            parent_id: row.parent_id,
        }
    }
}
