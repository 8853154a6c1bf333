//! Ontologies of personas.

use domain::{
    json::JsonObject,
    owned::{Ontology, OntologyDraft},
};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Returns the ontology of a persona: the first one, if the host application has stored several.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    persona_id: Uuid,
) -> Result<Option<Ontology>, Error> {
    Ok(sqlx::query_as!(
        Ontology,
        r#"select
            id, persona_id, name, content::text as "content!",
            list_in(content, 'entities')::text as "entities!", list_in(content, 'roles')::text as "roles!",
            list_in(content, 'events')::text as "events!", list_in(content, 'relationTypes')::text as "relation_types!",
            list_in(content, 'relations')::text as "relations!", created_at, updated_at
        from ontologies where persona_id = $1 order by id limit 1"#,
        persona_id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Inserts an ontology of a persona. Returns its id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(
    connection: &mut PgConnection,
    persona_id: Uuid,
    user_id: Uuid,
    draft: &OntologyDraft,
) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into ontologies (id, persona_id, user_id, name, content, created_at, updated_at)
        values (uuid_v7(now()), $1, $2, $3, coalesce($4::text::jsonb, '{}') || $5::text::jsonb, now(), now())
        returning id",
        persona_id,
        user_id,
        draft.new_name(),
        draft.content.as_ref().map(JsonObject::as_str),
        draft.lists(),
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Returns whether the content of an ontology would change by the draft.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn differs(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    draft: &OntologyDraft,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select content <> coalesce($2::text::jsonb, content) || $3::text::jsonb as "differs!" from ontologies where id = $1"#,
        id,
        draft.content.as_ref().map(JsonObject::as_str),
        draft.lists(),
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
    draft: &OntologyDraft,
) -> Result<(), Error> {
    sqlx::query!(
        "update ontologies set
            name = coalesce($2, name),
            content = coalesce($3::text::jsonb, content) || $4::text::jsonb,
            updated_at = now()
        where id = $1",
        id,
        draft.name,
        draft.content.as_ref().map(JsonObject::as_str),
        draft.lists(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes an ontology.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from ontologies where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
