//! Members of groups.

use domain::{groups::GroupMember, list::UnfilteredQuery, permission::Permissions};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// A user that a request adds to a group or removes from it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The id of the user.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// The ids of the roles.
    pub role_ids: Vec<Uuid>,
    /// Whether the user manages the group.
    pub is_manager: bool,
}

/// A user who was removed from a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovedMember {
    /// The id of the user.
    pub user_id: Uuid,
    /// Whether the user managed the group.
    pub is_manager: bool,
}

/// Lists the members of a page, in the order of their ids. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    query: &UnfilteredQuery,
) -> Result<(Vec<GroupMember>, bool), Error> {
    super::search::list_page(executor, group_id, None, query).await
}

/// Returns the number of members, without deleted ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, group_id: Uuid) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select coalesce(sum(members), 0)::bigint as "members!" from group_totals where group_id = $1"#,
        group_id,
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Returns whether a user manages a group, and retains that until the transaction ends. The group is locked first, as by its deletion.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_manager(
    connection: &mut PgConnection,
    group_id: Uuid,
    user_id: Uuid,
) -> Result<bool, Error> {
    let row = sqlx::query!(
        "with held as (select id from groups where id = $1 for key share)
        select m.user_id from held h
        join group_members m on m.group_id = h.id
        where m.user_id = $2 and m.is_manager
        for share of m",
        group_id,
        user_id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Returns whether a manager of a group can create password links for a user, and retains that until the transaction ends: for a member
/// who manages no group, where both were permitted to by the users who could set their passwords.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock_password_link(
    connection: &mut PgConnection,
    group_id: Uuid,
    (manager_id, user_id): (Uuid, Uuid),
) -> Result<bool, Error> {
    let row = sqlx::query!(
        "select m.user_id from group_members m
        join users u on u.id = m.user_id and u.deleted_at is null
        join group_members own on own.group_id = m.group_id
        where m.group_id = $1 and m.user_id = $2 and allows_password_link(m)
            and own.user_id = $3 and own.is_manager and own.password_links
        for share of m",
        group_id,
        user_id,
        manager_id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Lists the ids and permissions of the users that [`lock_password_link`] returns true for, if the manager sees the data of all their clients.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_administered(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    manager_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Permissions)>, Error> {
    let rows = sqlx::query!(
        r#"select m.user_id, array(
            select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
            where ur.user_id = m.user_id
        ) as "permissions!"
        from group_members m
        join users u on u.id = m.user_id and u.deleted_at is null
        join group_members own on own.group_id = m.group_id
        where m.group_id = $1 and m.user_id = any($3) and allows_password_link(m)
            and own.user_id = $2 and own.is_manager and own.password_links
            and not exists (
                select from unnest(u.client_list) as w (id) where not sees_client($2, w.id)
            )"#,
        group_id,
        manager_id,
        ids,
    )
    .fetch_all(executor)
    .await?;
    let members = rows.into_iter();
    Ok(members
        .map(|row| (row.user_id, Permissions::new(row.permissions)))
        .collect())
}

/// Returns whether a user is a member of a group whose manager can create password links for this user.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn is_managed_by(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
    manager_id: Uuid,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from group_members m
            join group_members own on own.group_id = m.group_id
            where own.user_id = $2 and own.is_manager and own.password_links and m.user_id = $1 and allows_password_link(m)
        ) as "is_managed!""#,
        user_id,
        manager_id,
    )
    .fetch_one(executor)
    .await?)
}

/// Returns the users with some ids, without deleted ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_candidates(
    executor: impl PgExecutor<'_>,
    group_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<Candidate>, Error> {
    Ok(sqlx::query_as!(
        Candidate,
        r#"select u.id as "id!", u.username as "username!", s.role_ids as "role_ids!", coalesce(m.is_manager, false) as "is_manager!"
        from users u
        join user_stats s on s.user_id = u.id
        left join group_members m on m.group_id = $1 and m.user_id = u.id
        where u.id = any($2) and u.deleted_at is null
        order by u.id"#,
        group_id,
        ids,
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the ids of the users with some usernames or email addresses, in the order of these; `None` for a name that no user has. The
/// owner of an address precedes a user with that username.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_named(
    executor: impl PgExecutor<'_>,
    names: &[String],
) -> Result<Vec<Option<Uuid>>, Error> {
    let rows = sqlx::query!(
        "select coalesce(
            (select u.id from users u where u.email is not null and name_key(u.email) = name_key(w.name) and u.deleted_at is null),
            (select u.id from users u where name_key(u.username) = name_key(w.name) and u.deleted_at is null)
        ) as id
        from unnest($1::text[]) with ordinality as w (name, place)
        order by w.place",
        names,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Adds users to a group. Managers can create password links for those of `with_links`. Returns the ids of those who were no members.
///
/// # Errors
/// `group_members_group_id_fkey` if the group is deleted meanwhile.
pub async fn insert(
    connection: &mut PgConnection,
    group_id: Uuid,
    (ids, with_links): (&[Uuid], &[Uuid]),
    added_by: Option<Uuid>,
) -> Result<Vec<Uuid>, Error> {
    let rows = sqlx::query!(
        "insert into group_members (group_id, user_id, added_by, added_at, password_links)
        select $1, w.id, $3, now(), w.id = any($4) from unnest($2::uuid[]) as w (id) order by w.id
        on conflict do nothing
        returning user_id",
        group_id,
        ids,
        added_by,
        with_links,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}

/// Removes users from a group. Returns those who were members.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(
    connection: &mut PgConnection,
    group_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<RemovedMember>, Error> {
    // Locked in the order of ids, so that two requests cannot wait for each other, and after the group, as by its deletion.
    Ok(sqlx::query_as!(
        RemovedMember,
        "with held as (
            select id from groups where id = $1 for key share
        ), locked as (
            select m.user_id from held h
            join group_members m on m.group_id = h.id
            where m.user_id = any($2)
            order by m.user_id for update of m
        )
        delete from group_members m using locked l
        where m.group_id = $1 and m.user_id = l.user_id
        returning m.user_id, m.is_manager",
        group_id,
        ids,
    )
    .fetch_all(connection)
    .await?)
}

/// Sets whether members manage their group. As managers, those of `with_links` can create password links; as other members, managers can
/// create them for these. Returns the ids of the changed ones.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_managers(
    connection: &mut PgConnection,
    group_id: Uuid,
    (ids, with_links): (&[Uuid], &[Uuid]),
    is_manager: bool,
) -> Result<Vec<Uuid>, Error> {
    // Locked as by the removal of members.
    let rows = sqlx::query!(
        "with held as (
            select id from groups where id = $1 for key share
        ), locked as (
            select m.user_id from held h
            join group_members m on m.group_id = h.id
            where m.user_id = any($2) and m.is_manager <> $3
            order by m.user_id for no key update of m
        )
        update group_members m set is_manager = $3, password_links = m.user_id = any($4)
        from locked l
        where m.group_id = $1 and m.user_id = l.user_id
        returning m.user_id",
        group_id,
        ids,
        is_manager,
        with_links,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}
