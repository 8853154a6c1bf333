//! Lists of virtual keys.

use axum::{Json, extract::State};
use domain::{
    access_tokens::{AccessToken, TokenKind, list::TokensQuery},
    list::Position,
    users::detail::UserRef,
};
use serde_json::{Value, json};
use service::{
    Services,
    access::{Authorized, GroupsRead, TokensRead},
    access_tokens,
};
use uuid::Uuid;

use super::{rows, with_limits};
use crate::{
    Authenticated, DialectError,
    litellm::{
        callers::{self, require},
        query::Query,
        teams,
    },
};

const ROUTE: &str = "/key/list";
/// Number of keys that are read at once.
const READ: u16 = 1_000;
/// Maximum number of such reads.
const READS: usize = 10;

/// Lists keys that have neither expired nor been revoked, the newest first.
async fn usable(
    services: &Services,
    reader: &Authorized<TokensRead>,
    user: Option<Uuid>,
) -> Result<Vec<AccessToken>, DialectError> {
    let mut query = TokensQuery {
        user: user.map(UserRef::Id),
        kind: Some(TokenKind::Key),
        ..TokensQuery::newest(READ)
    };
    let mut keys = Vec::new();
    for _ in 0..READS {
        let page = access_tokens::list(services, reader, &query).await?.page;
        let last = page.rows.last().map(|key| TokensQuery::cursor(key, 0));
        keys.extend(page.rows.into_iter().filter(|key| !key.state.is_over()));
        match last {
            Some(last) if page.page_info.after.is_some() => query.position = Position::After(last),
            Some(_) | None => break,
        }
    }
    Ok(keys)
}

/// Returns the rows of the keys of a user, or of all users.
pub(in crate::litellm) async fn rows_of(
    services: &Services,
    reader: &Authorized<TokensRead>,
    user: Option<Uuid>,
) -> Result<Vec<Value>, DialectError> {
    let keys = usable(services, reader, user).await?;
    let rows = rows(services, reader, &keys).await?;
    Ok(rows
        .into_iter()
        .map(|(_, row)| Value::Object(row))
        .collect())
}

/// `GET /key/list`.
pub(in crate::litellm) async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader = require::<TokensRead>(&services, &identity, ROUTE).await?;
    let page = query.page("size", 10, 100)?;
    let user = match query.text("user_id") {
        Some(id) => Some(callers::find_readable(&services, &identity, id).await?.id),
        None => None,
    };
    let team = match query.text("team_id") {
        Some(team) => {
            let groups = require::<GroupsRead>(&services, &identity, ROUTE).await?;
            Some(teams::find_id(&services, &groups, team).await?)
        }
        None => None,
    };
    let mut keys = usable(&services, &reader, user).await?;
    keys.retain(|key| {
        let group = key.key.as_ref().and_then(|details| details.group);
        let is_named = query.text("key_alias").is_none_or(|name| key.name == name);
        let hash = query.text("key_hash");
        let is_meant = hash.is_none_or(|hash| key.id.to_string() == hash);
        is_named && is_meant && (team.is_none() || group == team)
    });
    let total = keys.len() as u64;
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size).unwrap_or_default();
    let keys: Vec<AccessToken> = keys.into_iter().skip(skipped).take(size).collect();
    let mut listed = Vec::with_capacity(keys.len());
    if query.flag("return_full_object") {
        for (id, row) in rows(&services, &reader, &keys).await? {
            listed.push(with_limits(&services, &identity, id, row).await?);
        }
    } else {
        listed.extend(keys.iter().map(|key| Value::from(key.id.to_string())));
    }
    Ok(Json(json!({
        "keys": listed,
        "total_count": total,
        "current_page": page.number,
        "total_pages": page.count(total),
    })))
}
