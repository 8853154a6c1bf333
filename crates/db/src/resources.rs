//! Resources of the host application, and grants to them in [`grants`].

mod filter;
pub mod grants;
pub mod listed;

use domain::{
    json::read_object,
    list::UnfilteredQuery,
    resources::{Resource, ResourcePatch, StoreOutcome, StoredResource},
};
use sqlx::{PgConnection, PgExecutor, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset},
};

pub use filter::ResourceFilter;
pub(crate) use filter::push_reached;

const COLUMNS: &str = "
    r.id, r.kind, r.external_id, r.name, r.owner_id, r.client_id, r.active, r.data::text as data, r.version, r.created_at, r.updated_at";

/// Lists the resources of a page, the first created first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &UnfilteredQuery,
    filter: ResourceFilter<'_>,
) -> Result<(Vec<Resource>, bool), Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from resources r where true"));
    filter.push(&mut sql);
    let page = Keyset::new(Column::id("r.id"), false, &query.position, query.limit);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, read)
}

/// Counts the matching resources, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    filter: ResourceFilter<'_>,
) -> Result<u64, Error> {
    let mut sql = keyset::counting("resources r where true");
    filter.push(&mut sql);
    keyset::count(executor, sql).await
}

fn read(row: &PgRow) -> Result<Resource, sqlx::Error> {
    let data: &str = row.try_get("data")?;
    Ok(Resource {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        external_id: row.try_get("external_id")?,
        name: row.try_get("name")?,
        owner_id: row.try_get("owner_id")?,
        client_id: row.try_get("client_id")?,
        active: row.try_get("active")?,
        data: read_object(data),
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// Returns the resource with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Resource>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from resources r where r.id = "));
    sql.push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Returns the resource with an id and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Resource>, Error> {
    sqlx::query!(
        "select id from resources where id = $1 for no key update",
        id
    )
    .fetch_optional(&mut *connection)
    .await?;
    find(connection, id).await
}

/// Returns the id of the resource with a kind and an id of the host application.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_id(
    executor: impl PgExecutor<'_>,
    kind: &str,
    external_id: &str,
) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from resources where kind = $1 and external_id = $2",
        kind,
        external_id,
    )
    .fetch_optional(executor)
    .await?)
}

/// Creates and changes resources. What they leave out stays.
///
/// # Errors
/// `resources_owner_id_fkey` or `resources_client_id_fkey` if an owner or a client does not exist.
pub async fn store(
    connection: &mut PgConnection,
    resources: &[StoredResource],
) -> Result<StoreOutcome, Error> {
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
    Ok(StoreOutcome {
        created,
        updated,
        unchanged: all.saturating_sub(created).saturating_sub(updated),
    })
}

/// Changes the fields that the patch contains, and increments the version.
///
/// # Errors
/// `resources_owner_id_fkey` or `resources_client_id_fkey` if the owner or the client does not exist.
pub async fn set(
    connection: &mut PgConnection,
    id: Uuid,
    patch: &ResourcePatch,
) -> Result<(), Error> {
    sqlx::query!(
        "update resources set
            name = coalesce($2, name),
            owner_id = case when $3 then $4 else owner_id end,
            client_id = case when $5 then $6 else client_id end,
            active = coalesce($7, active),
            version = version + 1,
            updated_at = now()
        where id = $1",
        id,
        patch.name,
        patch.owner_id.is_some(),
        patch.owner_id.flatten(),
        patch.client_id.is_some(),
        patch.client_id.flatten(),
        patch.active,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Transfers all resources of a user to another one. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn transfer(connection: &mut PgConnection, from: Uuid, to: Uuid) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update resources set owner_id = $2, version = version + 1, updated_at = now() where owner_id = $1",
        from,
        to,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes a resource with its grants.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from resources where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}
