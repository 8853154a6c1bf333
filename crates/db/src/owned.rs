//! What people own.

pub mod annotations;
pub mod ontologies;
pub mod personas;

use domain::users::{deletion::OwnedCounts, detail::OwnedPersona};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// How much of each kind goes with a person, counted in the tables themselves. Annotations that others have made under
/// the person's personas go too.
///
/// # Errors
/// When the database cannot be reached.
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
            (select count(*) from api_keys where user_id = $1) as "api_keys!",
            (select count(*) from access_tokens where user_id = $1 and revoked_at is null) as "tokens!""#,
        user_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Bytes of what a user owns: texts, contents, and 200 for each row, about what it takes in its table and indexes.
///
/// # Errors
/// When the database cannot be reached.
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

/// Keeps the personas of a person, and with them what hangs under them, as they are until the transaction ends.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, user_id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "select id from personas where user_id = $1 order by id for update",
        user_id
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

/// Some personas of a person with what hangs under each, in the order of their making, after one of them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_personas(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
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
        order by p.id limit $3"#,
        user_id,
        after,
        most,
    )
    .fetch_all(executor)
    .await?)
}

/// Gives all personas of a person to another, with the ontologies and the person's annotations under them. Returns how
/// many personas.
///
/// # Errors
/// When the database cannot be reached.
pub async fn reassign(connection: &mut PgConnection, from: Uuid, to: Uuid) -> Result<u64, Error> {
    // A million annotations take longer than a statement may take otherwise.
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
