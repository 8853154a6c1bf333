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
    directory::DirectoryUser,
};
use uuid::Uuid;

use super::{Owners, row, with_limits};
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
    user: Option<&DirectoryUser>,
) -> Result<Vec<Value>, DialectError> {
    let keys = usable(services, reader, user.map(|user| user.id)).await?;
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let spend = access_tokens::list_key_spend(services, reader, &ids).await?;
    let rows = keys.iter().map(|key| {
        let owner = key.user.id.to_string();
        let owner = user.map_or(owner, |user| user.identifier.clone());
        Value::Object(row(key, &owner, spend.get(&key.id).copied()))
    });
    Ok(rows.collect())
}

/// `GET /key/list`.
pub(in crate::litellm) async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let reader = require::<TokensRead>(&identity, ROUTE)?;
    let page = query.page("size", 10, 100)?;
    let user = match query.text("user_id") {
        Some(id) => Some(callers::find_readable(&services, &identity, id).await?.id),
        None => None,
    };
    let team = match query.text("team_id") {
        Some(team) => {
            let groups = require::<GroupsRead>(&identity, ROUTE)?;
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
    let mut owners = Owners::default();
    let mut rows = Vec::with_capacity(size);
    let keys: Vec<AccessToken> = keys.into_iter().skip(skipped).take(size).collect();
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let is_full = query.flag("return_full_object");
    let spend = access_tokens::list_key_spend(&services, &reader, &ids).await?;
    for key in &keys {
        rows.push(if is_full {
            let owner = owners.find(&services, &identity, key.user.id.0).await?;
            let row = row(key, &owner, spend.get(&key.id).copied());
            with_limits(&services, &identity, key.id, row).await?
        } else {
            Value::from(key.id.to_string())
        });
    }
    Ok(Json(json!({
        "keys": rows,
        "total_count": total,
        "current_page": page.number,
        "total_pages": page.count(total),
    })))
}
