//! Invitations: links that can be used several times. Only the hash of a link's token is stored.

mod listed;

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

pub use listed::{Invitation, count, find_listed, list_page};

/// Properties of an invitation. They are stored with the link, the roles by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preset {
    /// Names of the roles that it assigns.
    pub roles: Vec<String>,
    /// Lifetime in days, which starts again with each new link.
    pub days: u16,
    /// Note about the invitee or the reason.
    pub note: Option<String>,
    /// The id of the group that new users become members of.
    pub group: Option<Uuid>,
}

impl Preset {
    /// Returns the stored form, but for the roles.
    fn to_value(&self) -> Value {
        json!({ "days": self.days, "note": self.note, "group_id": self.group })
    }

    /// Reads the stored form. `roles` are the names of the roles that still exist.
    fn from_value(value: &Value, roles: Vec<String>) -> Self {
        let days = value.get("days").and_then(Value::as_u64);
        Self {
            roles,
            days: days.and_then(|days| u16::try_from(days).ok()).unwrap_or(1),
            note: value.get("note").and_then(Value::as_str).map(str::to_owned),
            group: value
                .get("group_id")
                .and_then(Value::as_str)
                .and_then(|id| id.parse().ok()),
        }
    }
}

/// An invitation to insert.
#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// Properties of the invitation.
    pub preset: &'a Preset,
    /// Number of accounts that it can create.
    pub max_uses: i32,
    /// Account that is responsible for it; `None` for the operator.
    pub created_by: Option<Backer>,
    /// Lifetime of the link.
    pub lifetime: Duration,
}

/// Inserts an invitation. Returns its id and its time of expiry.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    invitation: &NewInvitation<'_>,
) -> Result<(Uuid, OffsetDateTime), Error> {
    let (created_by, created_with) = Backer::columns(invitation.created_by);
    let row = sqlx::query!(
        "insert into one_time_links (
            id, kind, token_hash, preset, max_uses, created_by, created_with, created_at, expires_at
        ) values (
            uuid_v7(now()), 'invitation', $1,
            $2::jsonb || jsonb_build_object('role_ids', (select coalesce(jsonb_agg(id), '[]') from roles where name = any($3))),
            $4, $5, $6, now(), now() + make_interval(secs => $7)
        )
        returning id, expires_at",
        invitation.token_hash,
        invitation.preset.to_value(),
        invitation.preset.roles.as_slice(),
        invitation.max_uses,
        created_by,
        created_with,
        invitation.lifetime.as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.expires_at))
}

/// An invitation whose link works. Whether its backer can still invite is not checked yet.
#[derive(Debug, Clone)]
pub struct LiveInvitation {
    /// The id of the invitation.
    pub id: Uuid,
    /// Properties of the invitation.
    pub preset: Preset,
    /// Account that is responsible for it; `None` for the operator.
    pub created_by: Option<Backer>,
}

/// Returns the invitation of a token if its link works now, and stores that it was opened. It does not count a use.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_opened(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveInvitation>, Error> {
    let row = sqlx::query!(
        r#"update one_time_links set opened_at = coalesce(opened_at, now())
        where kind = 'invitation' and token_hash = $1 and uses < max_uses and revoked_at is null and expires_at > now()
        returning id, preset, created_by, created_with,
            array(select name from roles where preset -> 'role_ids' ? roles.id::text order by rank, name) as "roles!""#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| LiveInvitation {
        id: row.id,
        preset: Preset::from_value(&row.preset, row.roles),
        created_by: Backer::of(row.created_by, row.created_with),
    }))
}

/// Counts one use of an invitation and returns it. Of concurrent attempts, only as many succeed as there are uses left.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn consume(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Option<LiveInvitation>, Error> {
    let row = sqlx::query!(
        r#"update one_time_links set
            uses = uses + 1,
            opened_at = coalesce(opened_at, now()),
            used_at = case when uses + 1 = max_uses then now() end
        where kind = 'invitation' and token_hash = $1 and uses < max_uses and revoked_at is null and expires_at > now()
        returning id, preset, created_by, created_with,
            array(select name from roles where preset -> 'role_ids' ? roles.id::text order by rank, name) as "roles!""#,
        token_hash,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LiveInvitation {
        id: row.id,
        preset: Preset::from_value(&row.preset, row.roles),
        created_by: Backer::of(row.created_by, row.created_with),
    }))
}

/// Stores that a user has used an invitation.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_use(
    connection: &mut PgConnection,
    id: Uuid,
    user_id: Uuid,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into link_uses (link_id, user_id, created_at) values ($1, $2, now())",
        id,
        user_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An invitation locked for a change.
#[derive(Debug, Clone)]
pub struct LockedInvitation {
    /// Properties of the invitation.
    pub preset: Preset,
    /// Whether all its uses are consumed.
    pub is_used_up: bool,
    /// Whether it is revoked.
    pub is_revoked: bool,
}

/// Returns the invitation with an id and locks its row against changes and uses until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Option<LockedInvitation>, Error> {
    let row = sqlx::query!(
        r#"select preset, array(select name from roles where preset -> 'role_ids' ? roles.id::text order by rank, name) as "roles!",
            uses >= max_uses as "is_used_up!", revoked_at is not null as "is_revoked!"
        from one_time_links where kind = 'invitation' and id = $1 for update"#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LockedInvitation {
        preset: Preset::from_value(&row.preset, row.roles),
        is_used_up: row.is_used_up,
        is_revoked: row.is_revoked,
    }))
}

/// Replaces the link of an invitation, starts its lifetime again and sets its backer. Returns the new time of expiry.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_renewed(
    connection: &mut PgConnection,
    id: Uuid,
    token_hash: &[u8],
    created_by: Option<Backer>,
    lifetime: Duration,
) -> Result<OffsetDateTime, Error> {
    let (created_by, created_with) = Backer::columns(created_by);
    let row = sqlx::query!(
        "update one_time_links set
            token_hash = $2, created_by = $3, created_with = $4, opened_at = null,
            expires_at = now() + make_interval(secs => $5)
        where id = $1 returning expires_at",
        id,
        token_hash,
        created_by,
        created_with,
        lifetime.as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.expires_at)
}

/// Revokes an invitation.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_revoked(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_links set revoked_at = now() where id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}
