//! Groups, and their members in [`members`].

pub mod deletion;
pub mod members;
pub mod named;
pub mod overview;
pub mod search;
pub mod whole;

use domain::{
    groups::{Group, GroupPatch, GroupSummary, NewGroup},
    json::read_object,
    list::SearchQuery,
};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, Postgres, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    keyset::{self, Column, Keyset},
};

/// Column of the only order of the list.
const NAME: Column = Column::any("g.name collate \"und-x-icu\"");

/// Columns of a group.
struct GroupRow {
    id: Uuid,
    name: String,
    description: String,
    features: Vec<String>,
    data: String,
    meta: String,
    external_id: Option<String>,
    created_by: Option<Uuid>,
    members: i64,
    version: i32,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            features: row.features,
            data: read_object(&row.data),
            meta: read_object(&row.meta),
            external_id: row.external_id,
            created_by: row.created_by,
            members: u64::try_from(row.members).unwrap_or_default(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Conditions on listed groups.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupFilter<'a> {
    /// Part of the name.
    pub text: Option<&'a str>,
    /// The id of a user who is a member of the groups.
    pub member: Option<Uuid>,
    /// The id of a user who manages the groups.
    pub manager: Option<Uuid>,
}

impl GroupFilter<'_> {
    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(text) = self.text {
            sql.push(" and strpos(g.search, search_fold(")
                .push_bind(text.to_owned())
                .push("::text)) > 0");
        }
        if let Some(member) = self.member {
            sql.push(" and g.id in (select m.group_id from group_members m where m.user_id = ")
                .push_bind(member)
                .push(")");
        }
        if let Some(manager) = self.manager {
            sql.push(
                " and exists (select from group_members m where m.group_id = g.id and m.is_manager and m.user_id = ",
            )
            .push_bind(manager)
            .push(")");
        }
    }
}

/// Lists the groups of a page, by name. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &SearchQuery,
    filter: GroupFilter<'_>,
) -> Result<(Vec<GroupSummary>, bool), Error> {
    let mut sql = QueryBuilder::new(
        "select g.id, g.name, g.description, g.created_at, (
            select coalesce(sum(t.members), 0)::bigint from group_totals t where t.group_id = g.id
        ) as members from groups g where true",
    );
    filter.push(&mut sql);
    let page = Keyset::new(Column::id("g.id"), false, &query.position, query.limit).by(Some(NAME));
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, |row| {
        let members: i64 = row.try_get("members")?;
        Ok(GroupSummary {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            members: u64::try_from(members).unwrap_or_default(),
            created_at: row.try_get("created_at")?,
        })
    })
}

/// Counts the matching groups, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, filter: GroupFilter<'_>) -> Result<u64, Error> {
    let mut sql = keyset::counting("groups g where true");
    filter.push(&mut sql);
    keyset::count(executor, sql).await
}

/// Returns the group with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Group>, Error> {
    let row = sqlx::query_as!(
        GroupRow,
        r#"select
            g.id, g.name, g.description,
            array(select key from jsonb_object_keys(g.features) as key order by key collate "C") as "features!",
            g.data::text as "data!", g.meta::text as "meta!", g.external_id, g.created_by, g.version, g.created_at, g.updated_at,
            (select coalesce(sum(t.members), 0)::bigint from group_totals t where t.group_id = g.id) as "members!"
        from groups g where g.id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Group::from))
}

/// Returns the group with an id and locks its row until the transaction ends. Members can be added and removed meanwhile.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Group>, Error> {
    sqlx::query!("select id from groups where id = $1 for no key update", id)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, id).await
}

/// Inserts a group. Returns its id.
///
/// # Errors
/// `groups_name_key` or `groups_external_id_key` if a value is taken.
pub async fn insert(
    connection: &mut PgConnection,
    group: &NewGroup,
    created_by: Option<Uuid>,
) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into groups (id, name, description, features, data, meta, external_id, created_by, created_at, updated_at)
        values (
            uuid_v7(now()), $1, $2, (select coalesce(jsonb_object_agg(key, true), '{}') from unnest($3::text[]) as key),
            $4, $5, $6, $7, now(), now()
        )
        returning id",
        group.name,
        group.description,
        group.features.as_slice(),
        Value::Object(group.data.clone()),
        Value::Object(group.meta.clone()),
        group.external_id,
        created_by,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Changes the fields that the patch contains, and increments the version.
///
/// # Errors
/// `groups_name_key` or `groups_external_id_key` if a value is taken.
pub async fn set(connection: &mut PgConnection, id: Uuid, patch: &GroupPatch) -> Result<(), Error> {
    sqlx::query!(
        "update groups set
            name = coalesce($2, name),
            description = coalesce($3, description),
            features = case
                when $4::text[] is null then features
                else (select coalesce(jsonb_object_agg(key, true), '{}') from unnest($4::text[]) as key)
            end,
            data = coalesce($5, data),
            meta = coalesce($6, meta),
            external_id = case when $7 then $8 else external_id end,
            version = version + 1,
            updated_at = now()
        where id = $1",
        id,
        patch.name,
        patch.description,
        patch.features.as_deref(),
        patch.data.clone().map(Value::Object),
        patch.meta.clone().map(Value::Object),
        patch.external_id.is_some(),
        patch.external_id.as_ref().and_then(Option::as_deref),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a group with its memberships and grants. Those of the [retained](crate::users::retain) members who are deleted are noted, for
/// the message about their restoration.
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
            select m.user_id, 'group', g.id, g.name
            from groups g
            join group_members m on m.group_id = g.id
            join users u on u.id = m.user_id and u.deleted_at is not null
            where g.id = $1 and m.user_id = any($2)
            on conflict do nothing
        )
        delete from groups where id = $1",
        id,
        retained,
    )
    .execute(connection)
    .await?;
    Ok(())
}
