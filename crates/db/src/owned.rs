//! Data that users own in the host application.

pub mod annotations;
pub mod ontologies;
pub mod personas;

use domain::users::{deletion::OwnedCounts, detail::OwnedPersona};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Counts the items of each kind that are deleted with a user, in the tables themselves. They include annotations of other users under the
/// user's personas.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<OwnedCounts, Error> {
    Ok(sqlx::query_as!(
        OwnedCounts,
        r#"select
            (select count(*) from sessions where user_id = $1 and ended_at is null) as "sessions!",
            (select count(*) from personas where user_id = $1) as "personas!",
            (
                select count(*) from personas p join ontologies o on o.persona_id = p.id where p.user_id = $1
            ) as "ontologies!",
            (select count(*) from annotations where user_id = $1)
            + (
                select count(*) from personas p join annotations a on a.persona_id = p.id
                where p.user_id = $1 and a.user_id <> $1
            ) as "annotations!",
            (select count(*) from conversations where user_id = $1) as "conversations!",
            (select coalesce(sum(messages), 0)::bigint from conversations where user_id = $1) as "messages!",
            (select count(*) from api_keys where user_id = $1) as "api_keys!",
            (select count(*) from access_tokens where user_id = $1 and revoked_at is null) as "tokens!""#,
        user_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Counts the resources that a user owns.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_resources(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from resources where owner_id = $1"#,
        user_id,
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Returns the bytes of a user's data: texts, contents, and 200 for each row, about what a row takes in its table and indexes.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sum_bytes(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select
            coalesce((
                select sum(
                    200 + octet_length(name) + octet_length(role) + octet_length(information_need) + octet_length(details)
                ) from personas where user_id = $1
            ), 0)
            + coalesce((
                select sum(200 + octet_length(o.name) + o.content_bytes)
                from personas p join ontologies o on o.persona_id = p.id
                where p.user_id = $1
            ), 0)
            + coalesce((
                select sum(200 + octet_length(video_id) + octet_length(label) + content_bytes)
                from annotations where user_id = $1
            ), 0) as "bytes!""#,
        user_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Locks the personas and the conversations of a user, and thus the data under them, until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, user_id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "select id from personas where user_id = $1 order by id for update",
        user_id
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "select id from conversations where user_id = $1 order by id for no key update",
        user_id
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Lists at most `most` personas of a user with the numbers of their ontologies and annotations, in the order of creation, after an id.
/// `viewer` is the user whose clients limit them; without one they are not limited.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_personas(
    executor: impl PgExecutor<'_>,
    (user_id, viewer): (Uuid, Option<Uuid>),
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<OwnedPersona>, Error> {
    Ok(sqlx::query_as!(
        OwnedPersona,
        r#"select
            p.id, p.name, p.role, p.hidden, p.created_at,
            (select count(*) from ontologies o where o.persona_id = p.id) as "ontologies!",
            (select count(*) from annotations a where a.persona_id = p.id) as "annotations!"
        from personas p
        where p.user_id = $1 and ($2::uuid is null or p.id > $2)
            and (p.client_id is null or $4::uuid is null or sees_client($4, p.client_id))
        order by p.id limit $3"#,
        user_id,
        after,
        most,
        viewer,
    )
    .fetch_all(executor)
    .await?)
}

/// Transfers all personas of a user to another, with their ontologies and the user's annotations under them. Returns the number of
/// personas.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn reassign(connection: &mut PgConnection, from: Uuid, to: Uuid) -> Result<u64, Error> {
    // A million annotations take longer than the statement timeout of the pool.
    sqlx::query!("select set_config('statement_timeout', '0', true)")
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query!(
        "update annotations set user_id = $2
        where user_id = $1 and persona_id in (select id from personas where user_id = $1)",
        from,
        to,
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "update personas set user_id = $2 where user_id = $1",
        from,
        to
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
