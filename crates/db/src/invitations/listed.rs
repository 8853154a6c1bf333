//! Listed invitations, with the data that their state depends on.

use domain::{list::UnfilteredQuery, permission::Permissions};
use serde_json::Value;
use sqlx::{PgExecutor, QueryBuilder, Row, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Preset;
use crate::{
    Error,
    keyset::{self, Column, Keyset},
};

/// An invitation with the data that its state depends on.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The id of the invitation.
    pub id: Uuid,
    /// Properties of the invitation.
    pub preset: Preset,
    /// Permissions of its roles.
    pub given: Permissions,
    /// Whether the operator is responsible for it.
    pub is_operators: bool,
    /// Username of the user who is responsible for it, if that account still exists.
    pub created_by: Option<String>,
    /// Permissions of that user; `None` if the user cannot sign in.
    pub creator: Option<Permissions>,
    /// Whether that user manages the group that it leads into.
    pub is_manager: bool,
    /// Whether the group that it leads into is deleted, or is being deleted.
    pub is_group_deleted: bool,
    /// Whether it was created with an access token.
    pub is_of_token: bool,
    /// Names of that token's scopes; `None` without a token, or if the token does not work any more.
    pub token_scopes: Option<Vec<String>>,
    /// Time of creation.
    pub created_at: OffsetDateTime,
    /// Time of expiry.
    pub expires_at: OffsetDateTime,
    /// Whether it is expired, by the clock of the database.
    pub is_expired: bool,
    /// Time at which the link was first opened.
    pub opened_at: Option<OffsetDateTime>,
    /// Time of the last use.
    pub used_at: Option<OffsetDateTime>,
    /// Time of revocation.
    pub revoked_at: Option<OffsetDateTime>,
    /// Number of accounts that it has created.
    pub uses: i32,
    /// Number of accounts that it can create.
    pub max_uses: i32,
    /// Usernames of the latest five users who have used it, without deleted ones.
    pub used_by: Vec<String>,
}

/// Invitations, without order and limit.
const INVITATIONS: &str = "select
        l.id, l.preset, l.created_by is null as is_operators, l.created_at, l.expires_at,
        l.expires_at <= now() as is_expired, l.opened_at, l.used_at, l.revoked_at, l.uses, l.max_uses,
        m.username as created_by, l.created_with is not null as is_of_token,
        exists (
            select from group_members gm
            where gm.user_id = m.id and gm.is_manager and gm.group_id = (l.preset ->> 'group_id')::uuid
        ) as is_manager,
        l.preset ->> 'group_id' is not null and not exists (
            select from groups g where g.id = (l.preset ->> 'group_id')::uuid
                and not exists (select from running_deletions d where d.object_id = g.id::text)
        ) as is_group_deleted,
        (select t.scopes from live_tokens t where t.id = l.created_with) as token_scopes,
        coalesce(m.status = 'active' and m.deleted_at is null, false) as is_active,
        array(
            select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
            where ur.user_id = m.id
        ) as creator,
        array(
            select r.name from roles r where l.preset -> 'role_ids' ? r.id::text order by r.rank, r.name
        ) as roles,
        array(select unnest(r.permissions) from roles r where l.preset -> 'role_ids' ? r.id::text) as given,
        array(
            select u.username from link_uses lu join users u on u.id = lu.user_id
            where lu.link_id = l.id and u.deleted_at is null
            order by lu.created_at desc, u.id desc limit 5
        ) as used_by
    from one_time_links l left join users m on m.id = l.created_by
    where l.kind = 'invitation'";

/// Lists the invitations of a page, the newest first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &UnfilteredQuery,
) -> Result<(Vec<Invitation>, bool), Error> {
    let page = Keyset::new(Column::id("l.id"), true, &query.position, query.limit);
    let mut sql = QueryBuilder::new(INVITATIONS);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, invitation)
}

/// Returns the invitation with an id, as lists show it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_listed(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<Invitation>, Error> {
    let mut sql = QueryBuilder::new(INVITATIONS);
    sql.push(" and l.id = ").push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(invitation).transpose()?)
}

/// Counts the invitations, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>) -> Result<u64, Error> {
    let sql = keyset::counting("one_time_links l where l.kind = 'invitation'");
    keyset::count(executor, sql).await
}

/// Decodes a row of [`INVITATIONS`].
fn invitation(row: &PgRow) -> Result<Invitation, sqlx::Error> {
    let is_active: bool = row.try_get("is_active")?;
    let creator: Vec<String> = row.try_get("creator")?;
    let given: Vec<String> = row.try_get("given")?;
    let roles: Vec<String> = row.try_get("roles")?;
    let preset: Value = row.try_get("preset")?;
    Ok(Invitation {
        id: row.try_get("id")?,
        preset: Preset::from_value(&preset, roles),
        given: Permissions::new(given),
        is_operators: row.try_get("is_operators")?,
        created_by: row.try_get("created_by")?,
        creator: is_active.then(|| Permissions::new(creator)),
        is_manager: row.try_get("is_manager")?,
        is_group_deleted: row.try_get("is_group_deleted")?,
        is_of_token: row.try_get("is_of_token")?,
        token_scopes: row.try_get("token_scopes")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        is_expired: row.try_get("is_expired")?,
        opened_at: row.try_get("opened_at")?,
        used_at: row.try_get("used_at")?,
        revoked_at: row.try_get("revoked_at")?,
        uses: row.try_get("uses")?,
        max_uses: row.try_get("max_uses")?,
        used_by: row.try_get("used_by")?,
    })
}
