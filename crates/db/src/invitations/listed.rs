//! Invitations as they are looked at, with what decides whether they work.

use domain::access::Permissions;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Preset;
use crate::Error;

/// An invitation with what decides whether it works.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Id.
    pub id: Uuid,
    /// What it gives.
    pub preset: Preset,
    /// What its roles permit.
    pub given: Permissions,
    /// Whether the operator answers for it.
    pub is_operators: bool,
    /// Username of who answers for it, if that account still is.
    pub created_by: Option<String>,
    /// What they may do; none if they cannot sign in.
    pub maker: Option<Permissions>,
    /// Whether it was created with an access token.
    pub is_of_token: bool,
    /// Words of what that token may do at most; none if there is none or it does not work any more.
    pub token_scopes: Option<Vec<String>>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it ceases to work.
    pub expires_at: OffsetDateTime,
    /// Whether that moment has come, by the database's clock.
    pub is_expired: bool,
    /// When it was first opened.
    pub opened_at: Option<OffsetDateTime>,
    /// When the last of its uses was made.
    pub used_at: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// How many accounts it has made.
    pub uses: i32,
    /// How many it can make.
    pub max_uses: i32,
    /// Usernames of the latest who have used it, as far as their accounts still are.
    pub used_by: Vec<String>,
}

/// Invitations, the newest first, before one of them.
///
/// # Errors
/// When the database cannot be reached.
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
            coalesce(m.status = 'active' and m.deleted_at is null, false) as "is_able!",
            array(
                select unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = m.id
            ) as "maker!",
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
        maker: row.is_able.then(|| Permissions::new(row.maker)),
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
