//! Roles as administrators see and edit them.

use domain::{
    roles::{NewRole, Role, RoleHolders, RolePatch},
    users::names::RoleName,
};
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Error, error::read_word};

/// Columns of a role.
struct RoleRow {
    id: Uuid,
    name: String,
    label: Option<String>,
    description: String,
    permissions: Vec<String>,
    rank: i16,
    builtin_kind: Option<String>,
    users: i64,
    version: i32,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl RoleRow {
    fn read(self) -> Result<Role, sqlx::Error> {
        Ok(Role {
            id: self.id,
            name: self.name,
            label: self.label,
            description: self.description,
            permissions: self.permissions,
            rank: self.rank,
            builtin: self.builtin_kind.as_deref().map(read_word).transpose()?,
            users: u64::try_from(self.users).unwrap_or_default(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Lists all roles, the most powerful first, or only the one with an id.
async fn select(executor: impl PgExecutor<'_>, id: Option<Uuid>) -> Result<Vec<Role>, Error> {
    let rows = sqlx::query_as!(
        RoleRow,
        r#"select
            r.id, r.name, r.label, r.description, r.permissions, r.rank, r.builtin_kind, r.version, r.created_at, r.updated_at,
            (select coalesce(sum(t.value), 0)::bigint from user_totals t where t.name = 'role:' || r.id) as "users!"
        from roles r
        where $1::uuid is null or r.id = $1
        order by r.rank, r.name"#,
        id,
    )
    .fetch_all(executor)
    .await?;
    let roles = rows.into_iter().map(RoleRow::read);
    Ok(roles.collect::<Result<_, _>>()?)
}

/// Lists all roles, the most powerful first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<Role>, Error> {
    select(executor, None).await
}

/// Returns the role with an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Role>, Error> {
    Ok(select(executor, Some(id)).await?.pop())
}

/// Returns the role with an id and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Role>, Error> {
    sqlx::query!("select id from roles where id = $1 for update", id)
        .fetch_optional(&mut *connection)
        .await?;
    find(connection, id).await
}

/// Returns the rank of a user's most powerful role; `None` for a user without roles. A role that is being deleted gives no rank.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_rank(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<Option<i16>, Error> {
    Ok(sqlx::query_scalar!(
        "select min(r.rank) from user_roles ur join roles r on r.id = ur.role_id
        where ur.user_id = $1 and not exists (
            select from running_deletions d where d.object_id = r.id::text
        )",
        user_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Inserts a role. Returns its id.
///
/// # Errors
/// `roles_name_key` or `roles_name_not_of_builtin` if the name is taken.
pub async fn insert(connection: &mut PgConnection, role: &NewRole) -> Result<Uuid, Error> {
    let row = sqlx::query!(
        "insert into roles (id, name, label, description, permissions, rank, created_at, updated_at)
        values (uuid_v7(now()), $1, $2, $3, $4, $5, now(), now())
        returning id",
        role.name.as_str(),
        role.label,
        role.description,
        role.permissions.as_slice(),
        role.rank,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.id)
}

/// Changes the fields that the patch contains, and increments the version.
///
/// # Errors
/// `roles_name_key` or `roles_name_not_of_builtin` if the name is taken.
pub async fn set(connection: &mut PgConnection, id: Uuid, patch: &RolePatch) -> Result<(), Error> {
    sqlx::query!(
        "update roles set
            name = coalesce($2, name),
            label = case when $3 then $4 else label end,
            description = coalesce($5, description),
            permissions = coalesce($6, permissions),
            rank = coalesce($7, rank),
            version = version + 1,
            updated_at = now()
        where id = $1",
        id,
        patch.name.as_ref().map(RoleName::as_str),
        patch.label.is_some(),
        patch.label.as_ref().and_then(Option::as_deref),
        patch.description,
        patch.permissions.as_deref(),
        patch.rank,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a role, and revokes it from its users. Those of the [retained](crate::users::retain) users who are deleted are noted, for the
/// message about their restoration.
///
/// # Errors
/// `roles_builtin_kind_remains` for a built-in role.
pub async fn delete(
    connection: &mut PgConnection,
    id: Uuid,
    retained: &[Uuid],
) -> Result<(), Error> {
    sqlx::query!(
        "with lost as (
            insert into lost_access (user_id, kind, object_id, name)
            select ur.user_id, 'role', r.id, r.name
            from roles r
            join user_roles ur on ur.role_id = r.id
            join users u on u.id = ur.user_id and u.deleted_at is not null
            where r.id = $1 and ur.user_id = any($2)
            on conflict do nothing
        )
        delete from roles where id = $1",
        id,
        retained,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Revokes a role that is being deleted from [retained](crate::users::retain) users, as [`delete`] does.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn revoke(
    connection: &mut PgConnection,
    id: Uuid,
    retained: &[Uuid],
) -> Result<(), Error> {
    sqlx::query!(
        "with revoked as (
            delete from user_roles where role_id = $1 and user_id = any($2) returning user_id, role_id
        )
        insert into lost_access (user_id, kind, object_id, name)
        select d.user_id, 'role', r.id, r.name
        from revoked d
        join roles r on r.id = d.role_id
        join users u on u.id = d.user_id and u.deleted_at is not null
        on conflict do nothing",
        id,
        retained,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the users of a role by the set of their roles, without deleted users.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_holders(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Vec<RoleHolders>, Error> {
    let rows = sqlx::query!(
        r#"select s.role_ids as "role_ids!", count(*) as "users!"
        from user_stats s
        where s.role_ids @> array[$1::uuid] and not s.deleted
        group by s.role_ids"#,
        id,
    )
    .fetch_all(executor)
    .await?;
    let holders = rows.into_iter().map(|row| RoleHolders {
        role_ids: row.role_ids,
        users: u64::try_from(row.users).unwrap_or_default(),
    });
    Ok(holders.collect())
}
