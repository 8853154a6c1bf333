//! Listed invitations, with the data that their state depends on.

use domain::permission::Permissions;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Preset;
use crate::Error;

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

/// Lists at most `most` invitations, the newest first, before an id.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    before: Option<Uuid>,
    most: i64,
) -> Result<Vec<Invitation>, Error> {
    let rows = sqlx::query!(
        r#"select
            l.id, l.preset, l.created_by is null as "is_operators!", l.created_at, l.expires_at,
            l.expires_at <= now() as "is_expired!", l.opened_at, l.used_at, l.revoked_at, l.uses, l.max_uses,
            m.username as "created_by?", l.created_with is not null as "is_of_token!",
            (select t.scopes from live_tokens t where t.id = l.created_with) as "token_scopes?",
            coalesce(m.status = 'active' and m.deleted_at is null, false) as "is_active!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = m.id
            ) as "creator!",
            array(
                select unnest(r.permissions) from roles r
                where r.name in (select jsonb_array_elements_text(l.preset -> 'roles'))
            ) as "given!",
            array(
                select u.username from link_uses lu join users u on u.id = lu.user_id
                where lu.link_id = l.id and u.deleted_at is null
                order by lu.created_at desc, u.id desc limit 5
            ) as "used_by!"
        from one_time_links l left join users m on m.id = l.created_by
        where l.kind = 'invitation' and l.id < $1
        order by l.id desc limit $2"#,
        before.unwrap_or(Uuid::max()),
        most,
    )
    .fetch_all(executor)
    .await?;
    let invitations = rows.into_iter().map(|row| Invitation {
        id: row.id,
        preset: Preset::from_value(&row.preset),
        given: Permissions::new(row.given),
        is_operators: row.is_operators,
        created_by: row.created_by,
        creator: row.is_active.then(|| Permissions::new(row.creator)),
        is_of_token: row.is_of_token,
        token_scopes: row.token_scopes,
        created_at: row.created_at,
        expires_at: row.expires_at,
        is_expired: row.is_expired,
        opened_at: row.opened_at,
        used_at: row.used_at,
        revoked_at: row.revoked_at,
        uses: row.uses,
        max_uses: row.max_uses,
        used_by: row.used_by,
    });
    Ok(invitations.collect())
}
