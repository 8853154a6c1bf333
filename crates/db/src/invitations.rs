//! Invitations: links that may be used several times. Only the hash of a link's token is kept.

mod listed;

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

pub use listed::{Invitation, list};

/// What an invitation gives, as it is kept with the link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preset {
    /// Names of the roles.
    pub roles: Vec<String>,
    /// How many days its link works each time one is made.
    pub days: u16,
    /// For whom it is, or why.
    pub note: Option<String>,
}

impl Preset {
    fn to_value(&self) -> Value {
        json!({ "roles": self.roles, "days": self.days, "note": self.note })
    }

    fn from_value(value: &Value) -> Self {
        let roles = value.get("roles").and_then(Value::as_array);
        let roles = roles.into_iter().flatten().filter_map(Value::as_str);
        let days = value.get("days").and_then(Value::as_u64);
        Self {
            roles: roles.map(str::to_owned).collect(),
            days: days.and_then(|days| u16::try_from(days).ok()).unwrap_or(1),
            note: value.get("note").and_then(Value::as_str).map(str::to_owned),
        }
    }
}

/// An invitation to be made.
#[derive(Debug, Clone)]
pub struct NewInvitation<'a> {
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// What it gives.
    pub preset: &'a Preset,
    /// How many accounts it can make.
    pub max_uses: i32,
    /// Who answers for it; none for the operator.
    pub created_by: Option<Backer>,
    /// How long it works.
    pub lifetime: Duration,
}

/// Makes an invitation. Returns its id, and when it ceases to work.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    invitation: &NewInvitation<'_>,
) -> Result<(Uuid, OffsetDateTime), Error> {
    let (created_by, created_with) = Backer::columns(invitation.created_by);
    let row = sqlx::query!(
        "insert into one_time_links (
            id, kind, token_hash, preset, max_uses, created_by, created_with, created_at, expires_at
        ) values (
            uuid_v7(now()), 'invitation', $1, $2, $3, $4, $5, now(), now() + make_interval(secs => $6)
        )
        returning id, expires_at",
        invitation.token_hash,
        invitation.preset.to_value(),
        invitation.max_uses,
        created_by,
        created_with,
        invitation.lifetime.as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok((row.id, row.expires_at))
}

/// An invitation that works, as far as its link goes.
#[derive(Debug, Clone)]
pub struct LiveInvitation {
    /// Id.
    pub id: Uuid,
    /// What it gives.
    pub preset: Preset,
    /// Who answers for it; none for the operator.
    pub created_by: Option<Backer>,
}

/// The invitation of a token if its link would work now. Notes that it was opened; uses nothing up.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_opened(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<LiveInvitation>, Error> {
    let row = sqlx::query!(
        "update one_time_links set opened_at = coalesce(opened_at, now())
        where kind = 'invitation' and token_hash = $1 and uses < max_uses and revoked_at is null and expires_at > now()
        returning id, preset, created_by, created_with",
        token_hash,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| LiveInvitation {
        id: row.id,
        preset: Preset::from_value(&row.preset),
        created_by: Backer::of(row.created_by, row.created_with),
    }))
}

/// Counts one use of an invitation. Of many who try at once, as many get one as there are left.
///
/// # Errors
/// When the database cannot be reached.
pub async fn consume(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Option<LiveInvitation>, Error> {
    let row = sqlx::query!(
        "update one_time_links set
            uses = uses + 1,
            opened_at = coalesce(opened_at, now()),
            used_at = case when uses + 1 = max_uses then now() end
        where kind = 'invitation' and token_hash = $1 and uses < max_uses and revoked_at is null and expires_at > now()
        returning id, preset, created_by, created_with",
        token_hash,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LiveInvitation {
        id: row.id,
        preset: Preset::from_value(&row.preset),
        created_by: Backer::of(row.created_by, row.created_with),
    }))
}

/// Notes who has used an invitation.
///
/// # Errors
/// When the database cannot be reached.
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

/// An invitation while a change of it is decided about.
#[derive(Debug, Clone)]
pub struct LockedInvitation {
    /// What it gives.
    pub preset: Preset,
    /// Whether as many have used it as may.
    pub is_used_up: bool,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

/// The invitation of an id. Nobody else changes or uses it until the transaction ends.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Option<LockedInvitation>, Error> {
    let row = sqlx::query!(
        r#"select preset, uses >= max_uses as "is_used_up!", revoked_at is not null as "is_revoked!"
        from one_time_links where kind = 'invitation' and id = $1 for update"#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LockedInvitation {
        preset: Preset::from_value(&row.preset),
        is_used_up: row.is_used_up,
        is_revoked: row.is_revoked,
    }))
}

/// Gives an invitation another link, which works anew for as long, and somebody who answers for it. Returns when it ceases to
/// work.
///
/// # Errors
/// When the database cannot be reached.
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
/// When the database cannot be reached.
pub async fn set_revoked(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_links set revoked_at = now() where id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}
