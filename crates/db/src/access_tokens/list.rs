//! Lists of access tokens, the newest first. A page is one statement.

use domain::{
    access_tokens::{AccessToken, KeyDetails, OpenToken, TokenKind, TokenState, list::TokensQuery},
    json::read_object,
    sessions::SessionUser,
    users::UserId,
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow, types::ipnetwork::IpNetwork};
use uuid::Uuid;

use crate::{
    Error,
    error::read_word,
    keyset::{self, Column, Keyset},
};

const COLUMNS: &str = "
    t.id, t.user_id, t.username, t.display_name, t.name, t.prefix, t.scopes, t.state, t.created_at, t.expires_at,
    t.last_used_at, t.last_used_ip, t.revoked_at, t.revoked_by, t.kind, t.group_id, t.group_name, t.allowed_models,
    t.metadata::text as metadata, t.blocked_at, t.previous_until, t.version, t.owner_left_group";

/// Conditions on the listed tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenFilter {
    /// The id of the owner. The nil id, which no user has, matches nothing.
    pub user: Option<Uuid>,
    /// State of the tokens.
    pub state: Option<TokenState>,
    /// Kind of the tokens.
    pub kind: Option<TokenKind>,
}

impl TokenFilter {
    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(user) = self.user {
            sql.push(" and t.user_id = ").push_bind(user);
        }
        if let Some(kind) = self.kind {
            sql.push(" and t.kind = ").push_bind(kind.as_str());
        }
        if let Some(state) = self.state {
            // The indexes are on these columns, whereas the view computes the state for each row. The conditions on them are implied by the
            // state.
            sql.push(match state {
                TokenState::Revoked => " and t.revoked_at is not null",
                TokenState::Expired => " and t.revoked_at is null and t.expires_at <= now()",
                TokenState::Expiring => {
                    " and t.revoked_at is null and t.expires_at > now() and t.expires_at <= now() + interval '7 days'"
                }
                TokenState::Live | TokenState::Blocked => " and t.revoked_at is null",
            });
            sql.push(" and t.state = ").push_bind(state.as_str());
        }
    }
}

/// Lists the tokens of a page, the newest first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &TokensQuery,
    asked: TokenFilter,
) -> Result<(Vec<AccessToken>, bool), Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from listed_tokens t where true"));
    asked.push(&mut sql);
    let page = Keyset::new(Column::id("t.id"), true, &query.position, query.limit);
    page.push(&mut sql);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    page.read(&rows, token)
}

/// Returns the token with an id, as lists show it.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_listed(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<AccessToken>, Error> {
    let mut sql = QueryBuilder::new(format!(
        "select {COLUMNS} from listed_tokens t where t.id = "
    ));
    sql.push_bind(id);
    let row = sql.build().fetch_optional(executor).await?;
    Ok(row.as_ref().map(token).transpose()?)
}

/// Counts the matching tokens, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(executor: impl PgExecutor<'_>, asked: TokenFilter) -> Result<u64, Error> {
    let mut sql = keyset::counting("listed_tokens t where true");
    asked.push(&mut sql);
    keyset::count(executor, sql).await
}

/// Decodes a row of [`COLUMNS`].
fn token(row: &PgRow) -> Result<AccessToken, sqlx::Error> {
    let kind: TokenKind = read_word(row.try_get("kind")?)?;
    let network: Option<IpNetwork> = row.try_get("last_used_ip")?;
    Ok(AccessToken {
        id: row.try_get("id")?,
        kind,
        user: SessionUser {
            id: UserId(row.try_get("user_id")?),
            username: row.try_get("username")?,
            display_name: row.try_get("display_name")?,
        },
        name: row.try_get("name")?,
        prefix: row.try_get("prefix")?,
        scopes: row.try_get("scopes")?,
        state: read_word(row.try_get("state")?)?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        last_used_at: row.try_get("last_used_at")?,
        last_used_ip: network.map(|network| network.ip()),
        revoked_at: row.try_get("revoked_at")?,
        revoked_by: row.try_get("revoked_by")?,
        key: (kind == TokenKind::Key).then(|| key(row)).transpose()?,
        version: row.try_get("version")?,
    })
}

/// Decodes what a row of a key has in addition.
fn key(row: &PgRow) -> Result<KeyDetails, sqlx::Error> {
    let metadata: &str = row.try_get("metadata")?;
    Ok(KeyDetails {
        group: row.try_get("group_id")?,
        group_name: row.try_get("group_name")?,
        owner_left_group: row.try_get("owner_left_group")?,
        allowed_models: row.try_get("allowed_models")?,
        metadata: read_object(metadata),
        blocked_at: row.try_get("blocked_at")?,
        previous_until: row.try_get("previous_until")?,
    })
}

/// Lists the tokens of a user that are neither expired nor revoked, the newest first.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_open(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
) -> Result<Vec<OpenToken>, Error> {
    Ok(sqlx::query_as!(
        OpenToken,
        "select name, prefix, last_used_at from access_tokens
        where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
        order by id desc",
        user_id,
    )
    .fetch_all(executor)
    .await?)
}
