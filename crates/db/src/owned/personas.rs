//! Single personas.

use domain::owned::{Persona, PersonaDraft};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{
    Error,
    list::{PAGE_BYTES_MAX, part_of},
};

/// Lists personas of a user, the newest first, after an id, up to `limit` and two MiB. The flag is true if there are more. `viewer` is the
/// user whose clients limit them; without one they are not limited.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    (user_id, viewer): (Uuid, Option<Uuid>),
    after: Option<Uuid>,
    limit: u16,
) -> Result<(Vec<Persona>, bool), Error> {
    let rows = sqlx::query!(
        r#"select
            id as "id!", user_id as "user_id!", name as "name!", role as "role!", information_need as "information_need!",
            nullif(details, '') as details, is_system_generated as "is_system_generated!", hidden as "hidden!",
            created_at as "created_at!", updated_at as "updated_at!", found as "found!"
        from (
            select p.*, count(*) over () as found, sum(bytes) over (order by id desc) - bytes as bytes_before
            from (
                select
                    id, user_id, name, role, information_need, details, is_system_generated, hidden, created_at, updated_at,
                    octet_length(information_need) + octet_length(details) as bytes
                from personas
                where user_id = $1 and ($2::uuid is null or id < $2)
                    and (client_id is null or $5::uuid is null or sees_client($5, client_id))
                order by id desc limit $3::bigint + 1
            ) p
        ) p
        where bytes_before < $4
        order by id desc limit $3"#,
        user_id,
        after,
        i64::from(limit),
        PAGE_BYTES_MAX,
        viewer,
    )
    .fetch_all(executor)
    .await?;
    Ok(part_of(rows, |row| {
        let persona = Persona {
            id: row.id,
            user_id: row.user_id,
            name: row.name,
            role: row.role,
            information_need: row.information_need,
            details: row.details,
            is_system_generated: row.is_system_generated,
            hidden: row.hidden,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        (persona, row.found)
    }))
}

/// Returns the persona with an id, regardless of its owner, if its client is one of the viewer's. Without a viewer any persona is returned.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    viewer: Option<Uuid>,
) -> Result<Option<Persona>, Error> {
    Ok(sqlx::query_as!(
        Persona,
        "select
            id, user_id, name, role, information_need, nullif(details, '') as details, is_system_generated, hidden,
            created_at, updated_at
        from personas
        where id = $1 and (client_id is null or $2::uuid is null or sees_client($2, client_id))",
        id,
        viewer,
    )
    .fetch_optional(executor)
    .await?)
}

/// Returns the persona with an id and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Persona>, Error> {
    Ok(sqlx::query_as!(
        Persona,
        "select
            id, user_id, name, role, information_need, nullif(details, '') as details, is_system_generated, hidden,
            created_at, updated_at
        from personas where id = $1 for update",
        id,
    )
    .fetch_optional(connection)
    .await?)
}

/// Inserts a persona. Returns its id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    user_id: Uuid,
    draft: &PersonaDraft,
) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into personas (
            id, user_id, name, role, information_need, details, is_system_generated, hidden, created_at, updated_at
        ) values (
            uuid_v7(now()), $1, coalesce($2, ''), coalesce($3, ''), coalesce($4, ''), coalesce($5, ''),
            coalesce($6, false), coalesce($7, false), now(), now()
        )
        returning id",
        user_id,
        draft.name,
        draft.role,
        draft.information_need,
        draft.details,
        draft.is_system_generated,
        draft.hidden,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Changes the fields that the draft contains.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    id: Uuid,
    draft: &PersonaDraft,
) -> Result<(), Error> {
    sqlx::query!(
        "update personas set
            name = coalesce($2, name),
            role = coalesce($3, role),
            information_need = coalesce($4, information_need),
            details = coalesce($5, details),
            is_system_generated = coalesce($6, is_system_generated),
            hidden = coalesce($7, hidden),
            updated_at = now()
        where id = $1",
        id,
        draft.name,
        draft.role,
        draft.information_need,
        draft.details,
        draft.is_system_generated,
        draft.hidden,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the ontologies and the annotations of a persona.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_under(executor: impl PgExecutor<'_>, id: Uuid) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select
            (select count(*) from ontologies where persona_id = $1) as "ontologies!",
            (select count(*) from annotations where persona_id = $1) as "annotations!""#,
        id,
    )
    .fetch_one(executor)
    .await?;
    Ok((row.ontologies, row.annotations))
}

/// Deletes a persona with its ontologies and annotations.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from personas where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
