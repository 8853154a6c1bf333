//! Resources as a host application sends them, many at once.

use domain::resources::{StoreOutcome, StoredResource};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// Result of storing resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// All of them are stored.
    All(StoreOutcome),
    /// Those at these positions exist with clients that the viewer does not see. The transaction must be rolled back.
    Unseen(Vec<usize>),
}

/// Creates and changes resources. What they leave out stays. Without a viewer, the clients of those that exist do not matter.
///
/// # Errors
/// `resources_owner_id_fkey` or `resources_client_id_fkey` if an owner or a client does not exist.
pub async fn store(
    connection: &mut PgConnection,
    resources: &[StoredResource],
    viewer: Option<Uuid>,
) -> Result<Stored, Error> {
    let all = resources.len() as u64;
    // Texts and numbers that were checked always have a JSON form, so the default is never used.
    let resources = serde_json::to_value(resources).unwrap_or_default();
    let created = sqlx::query!(
        "insert into resources (id, kind, external_id, name, owner_id, client_id, active, data, created_at, updated_at)
        select uuid_v7(now()), w.kind, w.external_id, w.name, w.owner_id, w.client_id, coalesce(w.active, true),
            coalesce(w.data, '{}'), now(), now()
        from jsonb_to_recordset($1) as w (
            kind text, external_id text, name text, owner_id uuid, client_id int, active bool, data jsonb
        )
        order by w.kind, w.external_id
        on conflict (kind, external_id) do nothing
        returning id",
        resources,
    )
    .fetch_all(&mut *connection)
    .await?;
    let created: Vec<Uuid> = created.into_iter().map(|row| row.id).collect();
    // Locked in the order of ids, so that two requests cannot wait for each other.
    sqlx::query!(
        "select r.id from resources r
        join jsonb_to_recordset($1) as w (kind text, external_id text)
            on r.kind = w.kind and r.external_id = w.external_id
        order by r.id for no key update of r",
        resources,
    )
    .fetch_all(&mut *connection)
    .await?;
    if let Some(viewer) = viewer {
        let unseen = find_unseen(connection, &resources, (viewer, created.as_slice())).await?;
        if !unseen.is_empty() {
            return Ok(Stored::Unseen(unseen));
        }
    }
    let updated = sqlx::query!(
        "update resources r set
            name = w.name,
            owner_id = coalesce(w.owner_id, r.owner_id),
            client_id = case when w.sets_client then w.client_id else r.client_id end,
            active = coalesce(w.active, r.active),
            data = coalesce(w.data, r.data),
            version = r.version + 1,
            updated_at = now()
        from jsonb_to_recordset($1) as w (
            kind text, external_id text, name text, owner_id uuid, sets_client bool, client_id int, active bool, data jsonb
        )
        where r.kind = w.kind and r.external_id = w.external_id and r.id <> all($2)
            and (
                r.name <> w.name
                or r.owner_id is distinct from coalesce(w.owner_id, r.owner_id)
                or (w.sets_client and r.client_id is distinct from w.client_id)
                or r.active <> coalesce(w.active, r.active)
                or r.data <> coalesce(w.data, r.data)
            )",
        resources,
        created.as_slice(),
    )
    .execute(connection)
    .await?;
    let created = created.len() as u64;
    let updated = updated.rows_affected();
    Ok(Stored::All(StoreOutcome {
        created,
        updated,
        unchanged: all.saturating_sub(created).saturating_sub(updated),
    }))
}

/// Returns the positions of resources that existed before with clients that the viewer does not see.
async fn find_unseen(
    connection: &mut PgConnection,
    resources: &Value,
    (viewer, created): (Uuid, &[Uuid]),
) -> Result<Vec<usize>, Error> {
    let places = sqlx::query_scalar!(
        r#"select w.place as "place!"
        from rows from (jsonb_to_recordset($1) as (kind text, external_id text)) with ordinality as w (kind, external_id, place)
        join resources r on r.kind = w.kind and r.external_id = w.external_id
        where r.id <> all($2) and not sees_client($3, r.client_id)
        order by w.place"#,
        resources,
        created,
        viewer,
    )
    .fetch_all(connection)
    .await?;
    let positions = places.into_iter().map(|place| usize::try_from(place - 1));
    Ok(positions.map(Result::unwrap_or_default).collect())
}
