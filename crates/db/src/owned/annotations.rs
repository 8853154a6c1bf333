//! Single annotations.

use domain::{
    json::JsonObject,
    owned::{Annotation, AnnotationDraft},
};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{
    Error,
    list::{PAGE_BYTES_MAX, part_of},
};

/// Lists annotations of a persona in the order of their ids, after an id, up to `limit` and two MiB. The flag is true if there are more.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    persona_id: Uuid,
    after: Option<Uuid>,
    limit: u16,
) -> Result<(Vec<Annotation>, bool), Error> {
    let rows = sqlx::query!(
        r#"select
            id as "id!", persona_id as "persona_id!", user_id as "user_id!", video_id as "video_id!", label as "label!",
            content::text as "content!", created_at as "created_at!", found as "found!"
        from (
            select a.*, count(*) over () as found, sum(content_bytes) over (order by id) - content_bytes as bytes_before
            from (
                select id, persona_id, user_id, video_id, label, content, content_bytes, created_at
                from annotations
                where persona_id = $1 and ($2::uuid is null or id > $2)
                order by id limit $3::bigint + 1
            ) a
        ) a
        where bytes_before < $4
        order by id limit $3"#,
        persona_id,
        after,
        i64::from(limit),
        PAGE_BYTES_MAX,
    )
    .fetch_all(executor)
    .await?;
    Ok(part_of(rows, |row| {
        let annotation = Annotation {
            id: row.id,
            persona_id: row.persona_id,
            user_id: row.user_id,
            video_id: row.video_id,
            label: row.label,
            content: row.content.into(),
            created_at: row.created_at,
        };
        (annotation, row.found)
    }))
}

/// Returns the annotation with an id, regardless of its creator.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Annotation>, Error> {
    Ok(sqlx::query_as!(
        Annotation,
        r#"select id, persona_id, user_id, video_id, label, content::text as "content!", created_at
        from annotations where id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Inserts an annotation. Returns its id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    persona_id: Uuid,
    user_id: Uuid,
    draft: &AnnotationDraft,
) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into annotations (id, persona_id, user_id, video_id, label, content, created_at)
        values (uuid_v7(now()), $1, $2, coalesce($3, ''), coalesce($4, ''), coalesce($5::text::jsonb, '{}'), now())
        returning id",
        persona_id,
        user_id,
        draft.video_id,
        draft.label,
        draft.content.as_ref().map(JsonObject::as_str),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Returns whether the content of an annotation differs from `content`.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn differs(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    content: &str,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select content <> $2::text::jsonb as "differs!" from annotations where id = $1"#,
        id,
        content,
    )
    .fetch_one(executor)
    .await?)
}

/// Changes the fields that the draft contains.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    id: Uuid,
    draft: &AnnotationDraft,
) -> Result<(), Error> {
    sqlx::query!(
        "update annotations set
            video_id = coalesce($2, video_id), label = coalesce($3, label), content = coalesce($4::text::jsonb, content)
        where id = $1",
        id,
        draft.video_id,
        draft.label,
        draft.content.as_ref().map(JsonObject::as_str),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes an annotation.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from annotations where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
