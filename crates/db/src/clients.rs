//! Clients, whose data users see by their lists of clients.

mod numbered;

use domain::{
    clients::{Client, ClientPatch, ClientUse, ListedClient, NewClient},
    list::{EXACT_TOTAL_MAX, SearchQuery, Total},
};
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset, Value},
};

pub use numbered::list_numbered;

/// Column of the only order of the list.
const NAME: Column = Column::any("c.name collate \"und-x-icu\"");

/// Number of the client, which is in cursors as the ids of other lists are.
const ID: Column = Column::new("c.id", |cursor| {
    Value::Integer(i32::try_from(cursor.id.as_u128()).unwrap_or(i32::MAX))
});

fn push_text(sql: &mut QueryBuilder<Postgres>, query: &SearchQuery) {
    if let Some(text) = &query.text {
        sql.push(" and strpos(c.search, search_fold(")
            .push_bind(text.clone())
            .push("::text)) > 0");
    }
}

/// Lists the clients of a page, by name. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &SearchQuery,
) -> Result<(Vec<Client>, bool), Error> {
    let mut sql = QueryBuilder::new(
        "select c.id, c.name, c.logo_url, c.version, c.created_at, c.updated_at from clients c where true",
    );
    push_text(&mut sql, query);
    let page = Keyset::new(ID, false, &query.position, query.limit).by(Some(NAME));
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, |row| {
        Ok(Client {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            logo_url: row.try_get("logo_url")?,
            version: row.try_get("version")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    })
}

/// Counts the matching clients, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, query: &SearchQuery) -> Result<u64, Error> {
    let mut sql = keyset::counting("clients c where true");
    push_text(&mut sql, query);
    keyset::count(executor, sql).await
}

/// Returns the clients with some numbers, in the order of these. A number without a client is left out.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, ids: &[i32]) -> Result<Vec<Client>, Error> {
    Ok(sqlx::query_as!(
        Client,
        "select id, name, logo_url, version, created_at, updated_at from clients where id = any($1) order by id",
        ids,
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the first of some numbers of clients whose data a user does not see. There need not be clients with these numbers.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_unseen(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    ids: &[i32],
) -> Result<Option<i32>, Error> {
    let row = sqlx::query!(
        r#"select w.id as "id!" from unnest($1::int[]) as w (id) where not sees_client($2, w.id) order by w.id limit 1"#,
        ids,
        user_id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| row.id))
}

/// Returns whether a user sees the data of every client in the list of another user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn sees_all_of(
    executor: impl PgExecutor<'_>,
    viewer: Uuid,
    user_id: Uuid,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select not exists (
            select from users u cross join unnest(u.client_list) as w (id) where u.id = $2 and not sees_client($1, w.id)
        ) as "sees_all!""#,
        viewer,
        user_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Returns those of some users whose clients the viewer sees all of.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_seen_users(
    executor: impl PgExecutor<'_>,
    viewer: Uuid,
    users: &[Uuid],
) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "with unseen as (
            select c.id from (select distinct unnest(u.client_list) as id from users u where u.id = any($2)) c
            where not sees_client($1, c.id)
        )
        select u.id from users u where u.id = any($2) and not u.client_list && array(select id from unseen)",
        viewer,
        users,
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the client with a number and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: i32) -> Result<Option<Client>, Error> {
    Ok(sqlx::query_as!(
        Client,
        "select id, name, logo_url, version, created_at, updated_at from clients where id = $1 for update",
        id,
    )
    .fetch_optional(connection)
    .await?)
}

/// Inserts a client.
///
/// # Errors
/// `clients_name_key` if the name is taken.
pub async fn insert(connection: &mut PgConnection, client: &NewClient) -> Result<Client, Error> {
    Ok(sqlx::query_as!(
        Client,
        "insert into clients (name, logo_url, created_at, updated_at) values ($1, $2, now(), now())
        returning id, name, logo_url, version, created_at, updated_at",
        client.name,
        client.logo_url,
    )
    .fetch_one(connection)
    .await?)
}

/// Changes the fields that the patch contains, and increments the version.
///
/// # Errors
/// `clients_name_key` if the name is taken.
pub async fn set(
    connection: &mut PgConnection,
    id: i32,
    patch: &ClientPatch,
) -> Result<Client, Error> {
    Ok(sqlx::query_as!(
        Client,
        "update clients set
            name = coalesce($2, name),
            logo_url = case when $3 then $4 else logo_url end,
            version = version + 1,
            updated_at = now()
        where id = $1
        returning id, name, logo_url, version, created_at, updated_at",
        id,
        patch.name,
        patch.logo_url.is_some(),
        patch.logo_url.as_ref().and_then(Option::as_deref),
    )
    .fetch_one(connection)
    .await?)
}

/// Deletes a client. Lists of clients still contain its number.
///
/// # Errors
/// `resources_client_id_fkey` or `personas_client_id_fkey` if the client has any of these.
pub async fn delete(connection: &mut PgConnection, id: i32) -> Result<(), Error> {
    sqlx::query!("delete from clients where id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts the objects that refer to a client.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_use(executor: impl PgExecutor<'_>, id: i32) -> Result<ClientUse, Error> {
    let row = sqlx::query!(
        r#"select
            (select count(*) from users where client_list @> array[$1::int] and deleted_at is null) as "users!",
            (select count(*) from resources where client_id = $1) as "resources!",
            (select count(*) from personas where client_id = $1) as "personas!""#,
        id,
    )
    .fetch_one(executor)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(ClientUse {
        users: number(row.users),
        resources: number(row.resources),
        personas: number(row.personas),
    })
}

/// Returns clients with the numbers of users and resources that refer to them, each counted up to one more than
/// [`EXACT_TOTAL_MAX`].
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn with_counts(
    executor: impl PgExecutor<'_>,
    clients: Vec<Client>,
) -> Result<Vec<ListedClient>, Error> {
    let ids: Vec<i32> = clients.iter().map(|client| client.id).collect();
    let limit = i64::try_from(EXACT_TOTAL_MAX)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let rows = sqlx::query!(
        r#"select c.id as "id!",
            (select count(*) from (
                select 1 from users u where u.client_list @> array[c.id] and u.deleted_at is null limit $2
            ) as counted) as "users!",
            (select count(*) from (
                select 1 from resources r where r.client_id = c.id limit $2
            ) as counted) as "resources!"
        from unnest($1::int[]) as c (id)"#,
        ids.as_slice(),
        limit,
    )
    .fetch_all(executor)
    .await?;
    let total = |count: i64| Total::up_to_limit(u64::try_from(count).unwrap_or_default());
    let counted = |client: Client| {
        let row = rows.iter().find(|row| row.id == client.id);
        let (users, resources) = row.map_or((0, 0), |row| (row.users, row.resources));
        ListedClient {
            client,
            users: total(users),
            resources: total(resources),
        }
    };
    Ok(clients.into_iter().map(counted).collect())
}

/// Returns the number of the client with a name.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_by_name(executor: impl PgExecutor<'_>, name: &str) -> Result<Option<i32>, Error> {
    Ok(sqlx::query_scalar!(
        "select id from clients where name_key(name) = name_key($1)",
        name
    )
    .fetch_optional(executor)
    .await?)
}
