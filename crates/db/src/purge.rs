//! Purging: permanent deletion of deleted users in small chunks. Each chunk is a transaction, so that other writers are blocked only
//! briefly and an interruption loses nothing. The row of the job is locked for each chunk, so that one replica at a time works on a user.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// A purge in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The id of the job.
    pub id: Uuid,
    /// The id of the user who is purged.
    pub user_id: Uuid,
    /// Number of items deleted so far.
    pub done: i64,
}

/// Progress of a purge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Number of items deleted so far.
    pub done: i64,
    /// Estimated number of items when it was queued, if known.
    pub total: Option<i64>,
    /// Whether it has failed, so that it does not continue by itself.
    pub failed: bool,
}

/// Queues the purges of at most `most` deleted accounts whose retention is over. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn queue_due(executor: impl PgExecutor<'_>, most: i64) -> Result<u64, Error> {
    let done = sqlx::query!(
        "with due as (
            select u.id, u.username from users u
            where u.deleted_at is not null and u.purge_after <= now()
                and not exists (select 1 from jobs j where j.kind = 'purge' and j.params ->> 'user_id' = u.id::text)
            order by u.purge_after limit $1
            for update skip locked
        )
        insert into jobs (id, kind, params, total, created_at)
        select uuid_v7(now()), 'purge', jsonb_build_object('user_id', due.id, 'username', due.username),
            s.personas + s.ontologies + s.annotations + s.sessions + s.api_keys
            + (select coalesce(sum(1 + c.messages), 0)::bigint from conversations c where c.user_id = due.id), now()
        from due join user_stats s on s.user_id = due.id
        on conflict do nothing",
        most,
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Queues the purge of one account, unless it is queued already.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn queue(connection: &mut PgConnection, user_id: Uuid, total: i64) -> Result<(), Error> {
    sqlx::query!(
        "insert into jobs (id, kind, params, total, created_at)
        select uuid_v7(now()), 'purge', jsonb_build_object('user_id', u.id, 'username', u.username), $2, now()
        from users u where u.id = $1
        on conflict do nothing",
        user_id,
        total,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Queues the failed purge of an account again. Returns false if there is no failed one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn requeue(connection: &mut PgConnection, user_id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update jobs set state = 'queued', error = null, finished_at = null, timeouts = 0
        where kind = 'purge' and params ->> 'user_id' = ($1::uuid)::text and state = 'failed'",
        user_id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Returns the progress of an account's purge; `None` if there is no purge of it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_progress(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
) -> Result<Option<Progress>, Error> {
    Ok(sqlx::query_as!(
        Progress,
        r#"select done, total, state = 'failed' as "failed!" from jobs
        where kind = 'purge' and params ->> 'user_id' = ($1::uuid)::text"#,
        user_id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Locks the oldest purge that no other replica works on, or that of one user, until the transaction ends. `defer` are the ids of jobs to
/// skip. The row is only locked and not changed: a request that deletes the account again has locked the account first, and would wait for
/// a change of the job.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn take(
    connection: &mut PgConnection,
    of: Option<Uuid>,
    defer: &[Uuid],
) -> Result<Option<Purge>, Error> {
    let row = sqlx::query!(
        r#"select id, (params ->> 'user_id')::uuid as "user_id!", done from jobs
        where kind = 'purge' and state in ('queued', 'running')
            and ($1::uuid is null or params ->> 'user_id' = $1::text)
            and id <> all ($2::uuid[])
        order by created_at limit 1 for update skip locked"#,
        of,
        defer,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Purge {
        id: row.id,
        user_id: row.user_id,
        done: row.done,
    }))
}

/// Deletes at most `most` items of one kind that a user owns, those that depend on others first. Returns their number; 0 once nothing is
/// left.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_owned(
    connection: &mut PgConnection,
    user_id: Uuid,
    most: i64,
) -> Result<u64, Error> {
    // Items that reference others are deleted first, so that no delete cascades to more than `most` rows.
    let annotations = sqlx::query!(
        "delete from annotations where id in (
            (select id from annotations where user_id = $1 limit $2)
            union all
            (
                select a.id from personas p join annotations a on a.persona_id = p.id
                where p.user_id = $1 limit $2
            )
        )",
        user_id,
        most,
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if annotations > 0 {
        return Ok(annotations);
    }
    let ontologies = sqlx::query!(
        "delete from ontologies where id in (
            select o.id from personas p join ontologies o on o.persona_id = p.id where p.user_id = $1 limit $2
        )",
        user_id,
        most,
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if ontologies > 0 {
        return Ok(ontologies);
    }
    let personas = sqlx::query!(
        "delete from personas where id in (select id from personas where user_id = $1 limit $2)",
        user_id,
        most,
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if personas > 0 {
        return Ok(personas);
    }
    let conversations = delete_conversations(connection, user_id, most).await?;
    if conversations > 0 {
        return Ok(conversations);
    }
    let sessions = sqlx::query!(
        "delete from sessions where id in (select id from sessions where user_id = $1 limit $2)",
        user_id,
        most,
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(sessions)
}

/// Deletes at most `most` messages of a user's conversations, and once there are none, conversations. Returns the number of rows.
async fn delete_conversations(
    connection: &mut PgConnection,
    user_id: Uuid,
    most: i64,
) -> Result<u64, Error> {
    let messages = sqlx::query!(
        "delete from conversation_messages where (conversation_id, seq) in (
            select m.conversation_id, m.seq
            from conversations c join conversation_messages m on m.conversation_id = c.id
            where c.user_id = $1 limit $2
        )",
        user_id,
        most,
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if messages > 0 {
        return Ok(messages);
    }
    let conversations = sqlx::query!(
        "delete from conversations where id in (select id from conversations where user_id = $1 limit $2)",
        user_id,
        most,
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(conversations)
}

/// Deletes an account that owns no data any more, with its keys, tokens, links, roles, identifiers and extensions.
///
/// # Errors
/// `users_purged_only_when_deleted` if the account is not marked as deleted.
pub async fn delete_user(connection: &mut PgConnection, user_id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from users where id = $1", user_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the job of a purge that must not run.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn withdraw(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from jobs where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
