//! One-time links. Only the hash of a link's token is kept.

use std::time::Duration;

use domain::users::detail::ResetLink;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Makes the first admin.
    Setup,
    /// Lets a person choose a password.
    PasswordReset,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::PasswordReset => "password_reset",
        }
    }
}

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    /// What for.
    pub kind: Kind,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// For whose account, if for one.
    pub user_id: Option<Uuid>,
    /// Who makes it; none for the operator.
    pub created_by: Option<Backer>,
    /// How long it works.
    pub lifetime: Duration,
}

/// Makes a link that works once until it expires. Returns when that is.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insert(
    executor: impl PgExecutor<'_>,
    link: &NewLink<'_>,
) -> Result<OffsetDateTime, Error> {
    let (created_by, created_with) = Backer::columns(link.created_by);
    let row = sqlx::query!(
        "insert into one_time_links (
            id, kind, token_hash, user_id, created_by, created_with, created_at, expires_at
        ) values (uuid_v7(now()), $1, $2, $3, $4, $5, now(), now() + make_interval(secs => $6))
        returning expires_at",
        link.kind.as_str(),
        link.token_hash,
        link.user_id,
        created_by,
        created_with,
        link.lifetime.as_secs_f64(),
    )
    .fetch_one(executor)
    .await?;
    Ok(row.expires_at)
}

/// A link that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveLink {
    /// Id.
    pub id: Uuid,
    /// For whose account, if for one.
    pub user_id: Option<Uuid>,
    /// Who answers for it: its creator. Of a link that a user got for a temporary password, who set that password. None for
    /// the operator.
    pub backed_by: Option<Uuid>,
    /// The access token with which they acted, if with one.
    pub backed_with: Option<Uuid>,
}

impl LiveLink {
    /// Returns who answers for it; none for the operator.
    #[must_use]
    pub fn backer(&self) -> Option<Backer> {
        Backer::of(self.backed_by, self.backed_with)
    }
}

/// The link of a token if it would work now. Notes that it was opened; uses nothing up.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_opened(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    token_hash: &[u8],
) -> Result<Option<LiveLink>, Error> {
    Ok(sqlx::query_as!(
        LiveLink,
        "update one_time_links set opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id, user_id, case
            when created_by = user_id then (select u.password_set_by from users u where u.id = user_id)
            else created_by
        end as backed_by, case
            when created_by = user_id then (select u.password_set_with from users u where u.id = user_id)
            else created_with
        end as backed_with",
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(executor)
    .await?)
}

/// Uses a link up. Of many who try at once, one gets it; the others get nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn consume(
    connection: &mut PgConnection,
    kind: Kind,
    token_hash: &[u8],
) -> Result<Option<LiveLink>, Error> {
    Ok(sqlx::query_as!(
        LiveLink,
        "update one_time_links set used_at = now(), opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id, user_id, case
            when created_by = user_id then (select u.password_set_by from users u where u.id = user_id)
            else created_by
        end as backed_by, case
            when created_by = user_id then (select u.password_set_with from users u where u.id = user_id)
            else created_with
        end as backed_with",
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(connection)
    .await?)
}

/// Revokes every link of a kind that has not been used.
///
/// # Errors
/// When the database cannot be reached.
pub async fn revoke_unused(connection: &mut PgConnection, kind: Kind) -> Result<(), Error> {
    sqlx::query!(
        "update one_time_links set revoked_at = now()
        where kind = $1 and used_at is null and revoked_at is null",
        kind.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes the links of a kind for one account that have not been used. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn revoke_unused_of(
    connection: &mut PgConnection,
    kind: Kind,
    user_id: Uuid,
) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update one_time_links set revoked_at = now()
        where kind = $1 and user_id = $2 and used_at is null and revoked_at is null and expires_at > now()",
        kind.as_str(),
        user_id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The latest links for a new password of one account, the newest first, each with who answers for it. Whether they do is
/// not looked at.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_resets(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    most: i64,
) -> Result<Vec<(ResetLink, Option<Backer>)>, Error> {
    let rows = sqlx::query!(
        "select
            l.id, l.created_at, l.expires_at, l.opened_at, l.used_at, l.revoked_at,
            (select c.username from users c where c.id = l.created_by) as created_by,
            case when l.created_by = l.user_id then u.password_set_by else l.created_by end as backed_by,
            case when l.created_by = l.user_id then u.password_set_with else l.created_with end as backed_with
        from one_time_links l
        join users u on u.id = l.user_id
        where l.user_id = $1 and l.kind = 'password_reset'
        order by l.created_at desc limit $2",
        user_id,
        most,
    )
    .fetch_all(executor)
    .await?;
    let link = rows.into_iter().map(|row| {
        let link = ResetLink {
            id: row.id,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            opened_at: row.opened_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
            is_backed: true,
        };
        (link, Backer::of(row.backed_by, row.backed_with))
    });
    Ok(link.collect())
}
