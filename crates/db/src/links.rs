//! One-time links. Only the hash of a link's token is stored.

use std::time::Duration;

use domain::users::detail::ResetLink;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Backer, Error};

/// Purpose of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Creates the first admin.
    Setup,
    /// Lets a user choose a password.
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

/// A link to insert.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    /// Purpose of the link.
    pub kind: Kind,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// The id of the account that it is for, if it is for one.
    pub user_id: Option<Uuid>,
    /// Account that creates it; `None` for the operator.
    pub created_by: Option<Backer>,
    /// Lifetime of the link.
    pub lifetime: Duration,
}

/// Inserts a link that works once. Returns its time of expiry.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// A link that is valid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveLink {
    /// The id of the link.
    pub id: Uuid,
    /// The id of the account that it is for, if it is for one.
    pub user_id: Option<Uuid>,
    /// The id of the responsible user: the link's creator, or the user who has set the temporary password that the link's own user received
    /// it for. `None` for the operator.
    pub backed_by: Option<Uuid>,
    /// The id of the access token with which that user acted, if any.
    pub backed_with: Option<Uuid>,
    /// Whether the user of the account has created it, by signing in with a temporary password.
    pub is_own: bool,
}

impl LiveLink {
    /// Returns the account that is responsible for it; `None` for the operator.
    #[must_use]
    pub fn backer(&self) -> Option<Backer> {
        Backer::of(self.backed_by, self.backed_with)
    }
}

/// Returns the link of a token if it works now, and stores that it was opened. It is not used up.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_opened(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    token_hash: &[u8],
) -> Result<Option<LiveLink>, Error> {
    Ok(sqlx::query_as!(
        LiveLink,
        r#"update one_time_links set opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id, user_id, case
            when created_by = user_id then (select u.password_set_by from users u where u.id = user_id)
            else created_by
        end as backed_by, case
            when created_by = user_id then (select u.password_set_with from users u where u.id = user_id)
            else created_with
        end as backed_with, coalesce(created_by = user_id, false) as "is_own!""#,
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(executor)
    .await?)
}

/// A link to choose a password, valid or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredLink {
    /// The id of the account that it is for.
    pub user_id: Uuid,
    /// Time of creation.
    pub created_at: OffsetDateTime,
    /// Time of expiry.
    pub expires_at: OffsetDateTime,
    /// Time at which a password was chosen with it.
    pub used_at: Option<OffsetDateTime>,
    /// Time of revocation.
    pub revoked_at: Option<OffsetDateTime>,
}

/// Returns the link of a token to choose a password, valid or not.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_reset(
    executor: impl PgExecutor<'_>,
    token_hash: &[u8],
) -> Result<Option<StoredLink>, Error> {
    Ok(sqlx::query_as!(
        StoredLink,
        r#"select user_id as "user_id!", created_at, expires_at, used_at, revoked_at
        from one_time_links where kind = 'password_reset' and token_hash = $1 and user_id is not null"#,
        token_hash,
    )
    .fetch_optional(executor)
    .await?)
}

/// Uses up a link and returns it. Of concurrent attempts, one succeeds; the others get `None`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn consume(
    connection: &mut PgConnection,
    kind: Kind,
    token_hash: &[u8],
) -> Result<Option<LiveLink>, Error> {
    Ok(sqlx::query_as!(
        LiveLink,
        r#"update one_time_links set used_at = now(), opened_at = coalesce(opened_at, now())
        where kind = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > now()
        returning id, user_id, case
            when created_by = user_id then (select u.password_set_by from users u where u.id = user_id)
            else created_by
        end as backed_by, case
            when created_by = user_id then (select u.password_set_with from users u where u.id = user_id)
            else created_with
        end as backed_with, coalesce(created_by = user_id, false) as "is_own!""#,
        kind.as_str(),
        token_hash,
    )
    .fetch_optional(connection)
    .await?)
}

/// Revokes every unused link of a kind.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Revokes the unused links of a kind for one account. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Lists at most `most` password reset links of one account, the newest first, each with its backer. `is_backed` is always true here:
/// whether the backer is still permitted is not checked.
///
/// # Errors
/// Fails if the database cannot be reached.
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
