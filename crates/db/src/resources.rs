//! Resources of the host application, and grants to them in [`grants`].

mod filter;
pub mod grants;
pub mod listed;
mod store;

use domain::{
    json::read_object,
    list::UnfilteredQuery,
    resources::{Resource, ResourcePatch},
};
use sqlx::{PgConnection, PgExecutor, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset},
};

pub use filter::ResourceFilter;
pub(crate) use filter::push_seen;
pub use store::{Stored, store};

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

/// Returns the resource with an id, if its client is one of the viewer's. Without a viewer any resource is returned.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    viewer: Option<Uuid>,
) -> Result<Option<Resource>, Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from resources r where r.id = "));
    sql.push_bind(id);
    let filter = ResourceFilter {
        viewer,
        ..ResourceFilter::default()
    };
    filter.push(&mut sql);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

/// Returns the resource that [`find`] finds, and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(
    connection: &mut PgConnection,
    id: Uuid,
    viewer: Option<Uuid>,
) -> Result<Option<Resource>, Error> {
    sqlx::query!(
        "select id from resources where id = $1 for no key update",
        id
    )
    .fetch_optional(&mut *connection)
    .await?;
    find(connection, id, viewer).await
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

/// Transfers the resources of a user that the viewer sees to another user; all of them without a viewer. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn transfer(
    connection: &mut PgConnection,
    (from, to): (Uuid, Uuid),
    viewer: Option<Uuid>,
) -> Result<u64, Error> {
    // Locked in the order of ids, as by the storing of resources.
    let done = sqlx::query!(
        "update resources set owner_id = $2, version = version + 1, updated_at = now()
        where id in (
            select id from resources
            where owner_id = $1 and ($3::uuid is null or sees_client($3, client_id))
            order by id for no key update
        )",
        from,
        to,
        viewer,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes a resource with its grants. Those of the [retained](crate::users::retain) users with a grant who are deleted are noted, for the
/// message about their restoration.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(
    connection: &mut PgConnection,
    id: Uuid,
    retained: &[Uuid],
) -> Result<(), Error> {
    sqlx::query!(
        "with lost as (
            insert into lost_access (user_id, kind, object_id, name)
            select g.user_id, 'resource', r.id, r.name
            from resources r
            join resource_grants g on g.resource_id = r.id
            join users u on u.id = g.user_id and u.deleted_at is not null
            where r.id = $1 and g.user_id = any($2)
            on conflict do nothing
        )
        delete from resources where id = $1",
        id,
        retained,
    )
    .execute(connection)
    .await?;
    Ok(())
}
