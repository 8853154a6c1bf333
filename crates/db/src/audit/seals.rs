//! Seals over the audit log, and the entries in the form in which they are sealed.

use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Transaction};

/// A seal over the entries of a range of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// First id of the range: the one after the last of the previous seal.
    pub from_id: i64,
    /// Last id of the range.
    pub to_id: i64,
    /// The id and the hash of each entry.
    pub digests: Vec<u8>,
    /// Root hash over the digests and the previous root.
    pub root: Vec<u8>,
    /// Root of the previous seal; `None` for the first seal.
    pub prev_root: Option<Vec<u8>>,
}

/// An entry with all the fields that are hashed, each as the database formats it.
#[derive(Debug, Clone)]
pub struct Sealable {
    /// The id of the entry.
    pub id: i64,
    /// Time of the change.
    pub at: OffsetDateTime,
    /// The id of the actor; `None` for the system or the operator.
    pub actor_id: Option<Uuid>,
    /// Name of the actor at the time.
    pub actor_label: String,
    /// Source of the change.
    pub via: String,
    /// The id of the access token, if the change was made with one.
    pub token_id: Option<Uuid>,
    /// Name of the access token.
    pub token_label: Option<String>,
    /// Action, such as `user.created`.
    pub action: String,
    /// Kind of the target.
    pub target_kind: String,
    /// The id of the target, if it has one.
    pub target_id: Option<Uuid>,
    /// Name of the target at the time.
    pub target_label: String,
    /// Changed fields. The text of a `jsonb` is the same for the same content.
    pub changes: String,
    /// Reason, if one was given.
    pub reason: Option<String>,
    /// IP address of the client.
    pub ip: Option<String>,
    /// The id of the request.
    pub request_id: Option<Uuid>,
    /// Time at which the row was inserted.
    pub created_at: OffsetDateTime,
    /// The id of the bulk action's entry that this one is part of.
    pub parent_id: Option<i64>,
}

/// Begins a transaction in which each statement sees all changes committed before it, regardless of the database's default isolation level.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn begin(pool: &PgPool) -> Result<Transaction, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("set transaction isolation level read committed")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Tries to lock the creation of seals until the transaction ends, without waiting. Returns whether this transaction holds the lock.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn try_lock(connection: &mut PgConnection) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('rollcall.seals')) as "locked!""#
    )
    .fetch_one(connection)
    .await?)
}

/// Returns the last seal.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_last(executor: impl PgExecutor<'_>) -> Result<Option<Seal>, Error> {
    Ok(sqlx::query_as!(
        Seal,
        "select from_id, to_id, digests, root, prev_root from audit_seals order by from_id desc limit 1"
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the first seal that begins after an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_next(executor: impl PgExecutor<'_>, after: i64) -> Result<Option<Seal>, Error> {
    Ok(sqlx::query_as!(
        Seal,
        "select from_id, to_id, digests, root, prev_root from audit_seals
        where from_id > $1 order by from_id limit 1",
        after,
    )
    .fetch_optional(executor)
    .await?)
}

/// Inserts a seal.
///
/// # Errors
/// Fails if the database cannot be reached, or if a seal with the same first id exists.
pub async fn insert(connection: &mut PgConnection, seal: &Seal) -> Result<(), Error> {
    sqlx::query!(
        "insert into audit_seals (from_id, to_id, digests, root, prev_root, at) values ($1, $2, $3, $4, $5, now())",
        seal.from_id,
        seal.to_id,
        seal.digests,
        seal.root,
        seal.prev_root,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lists at most `most` entries of a range of ids, in the order of their ids.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_entries(
    executor: impl PgExecutor<'_>,
    from_id: i64,
    to_id: i64,
    most: i64,
) -> Result<Vec<Sealable>, Error> {
    Ok(sqlx::query_as!(
        Sealable,
        r#"select
            id as "id!", at as "at!", actor_id, actor_label as "actor_label!", via as "via!", token_id, token_label,
            action as "action!", target_kind as "target_kind!", target_id, target_label as "target_label!", changes::text as "changes!",
            reason, ip::text as ip, request_id, created_at as "created_at!", parent_id
        from audit_events where id between $1 and $2 order by id, at limit $3"#,
        from_id,
        to_id,
        most,
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the number of entries after an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_after(executor: impl PgExecutor<'_>, id: i64) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from audit_events where id > $1"#,
        id
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
