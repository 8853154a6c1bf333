//! Users who use something, with their tokens and the limits in force for both.

use domain::{access_tokens::TokenState, users::Status};
use sqlx::{PgConnection, PgExecutor, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::in_force::{InForceRow, LimitInForce};
use crate::{Error, error::read_word};

/// A user who uses something, with the time of the database.
#[derive(Debug, Clone)]
pub struct MeteredUser {
    /// Name to sign in with; `None` if there is no such user.
    pub username: Option<String>,
    /// Status of the account; `None` if there is no such user.
    pub status: Option<Status>,
    /// Whether the user is deleted.
    pub is_deleted: bool,
    /// Models that the user can use; `None` for all.
    pub models: Option<Vec<String>>,
    /// The token, if there is such a token.
    pub token: Option<MeteredToken>,
    /// Limits in force for the user, and for the token in addition.
    pub limits: Vec<LimitInForce>,
    /// Time of the database.
    pub at: OffsetDateTime,
}

/// An access token or a virtual key with which a user uses something.
#[derive(Debug, Clone)]
pub struct MeteredToken {
    /// The id of the owner.
    pub owner: Uuid,
    /// State, without that of the owner.
    pub state: TokenState,
    /// Whether it is a key for a group that the owner has left.
    pub owner_left_group: bool,
    /// Models that it can use; `None` for all.
    pub models: Option<Vec<String>>,
}

/// Returns the state of a user who uses something, with that of the token, the limits in force, and the time.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_user(
    executor: impl PgExecutor<'_>,
    user: Uuid,
    token: Option<Uuid>,
) -> Result<MeteredUser, Error> {
    read(executor, (user, token), false).await
}

/// Retains a user, as the functions in [`retain`](crate::users::retain) do, but only for one transaction at a time, and returns the same as
/// [`find_user`]. The uses of a busy user overlap without a pause; if several could retain it, a change of the account would wait for an end
/// of them.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn retain_user(
    connection: &mut PgConnection,
    user: Uuid,
    token: Option<Uuid>,
) -> Result<MeteredUser, Error> {
    read(connection, (user, token), true).await
}

async fn read(
    executor: impl PgExecutor<'_>,
    (user, token): (Uuid, Option<Uuid>),
    is_retained: bool,
) -> Result<MeteredUser, Error> {
    // A retained account is read with the lock, and the limits after it, because they can have changed while the lock was waited for.
    let row = sqlx::query!(
        r#"with retained as (
            select id, username, status, deleted_at from users where id = $1 and $3::boolean for no key update
        ), account as (
            select id, username, status, deleted_at from retained
            union all
            select id, username, status, deleted_at from users where id = $1 and not $3
        )
        select
            clock_timestamp() as "at!", u.username as "username?", u.status as "status?",
            coalesce(u.deleted_at is not null, false) as "is_deleted!", m.models as "models?",
            t.user_id as "token_owner?", t.allowed_models as "token_models?",
            owner_left_group(t.group_id, t.user_id) as "owner_left_group!",
            case
                when t.revoked_at is not null then 'revoked'
                when t.expires_at <= now() then 'expired'
                when t.blocked_at is not null then 'blocked'
                else 'live'
            end as "token_state!",
            read_limits_in_force($1, $2) as "limits?: Json<Vec<InForceRow>>"
        from (values ($1::uuid, $2::uuid)) asked (user_id, token_id)
        left join account u on u.id = asked.user_id
        left join allowed_models m on m.user_id = asked.user_id
        left join access_tokens t on t.id = asked.token_id"#,
        user,
        token,
        is_retained,
    )
    .fetch_one(executor)
    .await?;
    let state = read_word(&row.token_state)?;
    let limits = row.limits.map(|limits| limits.0).unwrap_or_default();
    let limits = limits.into_iter().map(LimitInForce::try_from);
    Ok(MeteredUser {
        username: row.username,
        status: row.status.as_deref().map(read_word).transpose()?,
        is_deleted: row.is_deleted,
        models: row.models,
        token: row.token_owner.map(|owner| MeteredToken {
            owner,
            state,
            owner_left_group: row.owner_left_group,
            models: row.token_models,
        }),
        limits: limits.collect::<Result<_, sqlx::Error>>()?,
        at: row.at,
    })
}
