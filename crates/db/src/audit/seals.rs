//! Seals over the record, and the entries as they are sealed.

use sqlx::{PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, Transaction};

/// A seal over the entries of a range of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The first id: the one after the last of the seal before.
    pub from_id: i64,
    /// The last id.
    pub to_id: i64,
    /// Of each entry its id and its hash.
    pub digests: Vec<u8>,
    /// The hash of all of it, and of the root before.
    pub root: Vec<u8>,
    /// The root of the seal before.
    pub prev_root: Option<Vec<u8>>,
}

/// An entry with all that its hash is made of, each part as the database writes it.
#[derive(Debug, Clone)]
pub struct Sealable {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Whose account did it.
    pub actor_id: Option<Uuid>,
    /// Their name.
    pub actor_label: String,
    /// By which door.
    pub via: String,
    /// The access token that they did it with.
    pub token_id: Option<Uuid>,
    /// What that was called.
    pub token_label: Option<String>,
    /// What.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: String,
    /// Its id.
    pub target_id: Option<Uuid>,
    /// Its name.
    pub target_label: String,
    /// Before and after. The text of a `jsonb` is the same for the same content.
    pub changes: String,
    /// Why.
    pub reason: Option<String>,
    /// From where.
    pub ip: Option<String>,
    /// The request.
    pub request_id: Option<Uuid>,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// The entry that it is part of.
    pub parent_id: Option<i64>,
}

/// Begins a transaction in which each statement sees what was committed before it, however the database is set.
///
/// # Errors
/// When the database cannot be reached.
pub async fn begin(pool: &PgPool) -> Result<Transaction, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("set transaction isolation level read committed")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Lets one transaction at a time make seals. Returns whether it is this one; nobody waits.
///
/// # Errors
/// When the database cannot be reached.
pub async fn try_lock(connection: &mut PgConnection) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('rollcall.seals')) as "locked!""#
    )
    .fetch_one(connection)
    .await?)
}

/// The last seal.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_last(executor: impl PgExecutor<'_>) -> Result<Option<Seal>, Error> {
    Ok(sqlx::query_as!(
        Seal,
        "select from_id, to_id, digests, root, prev_root from audit_seals order by from_id desc limit 1"
    )
    .fetch_optional(executor)
    .await?)
}

/// The first seal that begins after an id.
///
/// # Errors
/// When the database cannot be reached.
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

/// Puts a seal.
///
/// # Errors
/// When the database cannot be reached, or there is one from the same id on.
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

/// Some entries of a range of ids, the smallest id first.
///
/// # Errors
/// When the database cannot be reached.
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

/// How many entries come after an id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn count_after(executor: impl PgExecutor<'_>, id: i64) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from audit_events where id > $1"#,
        id
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
