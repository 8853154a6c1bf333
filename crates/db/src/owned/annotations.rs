//! Annotations, one by one.

use domain::owned::{Annotation, AnnotationDraft};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Some annotations under a persona in the order of their making, after one of them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    persona_id: Uuid,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<Annotation>, Error> {
    Ok(sqlx::query_as!(
        Annotation,
        "select id, persona_id, user_id, video_id, label, content, created_at
        from annotations
        where persona_id = $1 and ($2::uuid is null or id > $2)
        order by id limit $3",
        persona_id,
        after,
        most,
    )
    .fetch_all(executor)
    .await?)
}

/// An annotation, whoever has made it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Annotation>, Error> {
    Ok(sqlx::query_as!(
        Annotation,
        "select id, persona_id, user_id, video_id, label, content, created_at from annotations where id = $1",
        id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Makes an annotation. Its id is returned.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    persona_id: Uuid,
    user_id: Uuid,
    draft: &AnnotationDraft,
) -> Result<Uuid, Error> {
    let content = Value::Object(draft.content.clone().unwrap_or_default());
    let row = sqlx::query!(
        "insert into annotations (id, persona_id, user_id, video_id, label, content, created_at)
        values (uuid_v7(now()), $1, $2, coalesce($3, ''), coalesce($4, ''), $5, now())
        returning id",
        persona_id,
        user_id,
        draft.video_id,
        draft.label,
        content,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Changes what a draft speaks of.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set(
    connection: &mut PgConnection,
    id: Uuid,
    draft: &AnnotationDraft,
) -> Result<(), Error> {
    sqlx::query!(
        "update annotations set
            video_id = coalesce($2, video_id), label = coalesce($3, label), content = coalesce($4, content)
        where id = $1",
        id,
        draft.video_id,
        draft.label,
        draft.content.clone().map(Value::Object),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes an annotation.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from annotations where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
