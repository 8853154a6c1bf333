//! Virtual keys. In place of the hash of a key, `token` is its id, which names it in every request and is no secret.

pub(super) mod generate;
pub(super) mod list;
pub(super) mod state;
pub(super) mod update;

use std::slice;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use domain::{
    access_tokens::{AccessToken, KeyDraft},
    limits::{LimitSubject, Period},
};
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Authorized, Caller, Identity, LimitsRead, TokensRead},
    access_tokens::{self, KeyNames},
};
use uuid::Uuid;

use super::{
    bearer, budgets,
    callers::{self, require},
    errors::custom,
    namespace,
    query::Query,
    users::{models, timestamp},
};
use crate::{Authenticated, DialectError};

/// Name of a key without one.
const UNNAMED: &str = "LiteLLM";
/// Seconds of a day, the unit of the lifetimes of keys.
const DAY: i64 = 24 * 60 * 60;

/// Returns the form of a new key. A lifetime is rounded up to whole days; without one a key lives as long as the server permits.
pub(super) fn draft(
    services: &Services,
    name: Option<&str>,
    duration: Option<&str>,
) -> Result<KeyDraft, DialectError> {
    let longest = services.settings.token_max_days;
    let days = match duration {
        Some(duration) => Some(days(duration)?),
        None => (longest > 0).then_some(longest),
    };
    let draft = KeyDraft {
        name: name.unwrap_or(UNNAMED).to_owned(),
        group: None,
        days,
        allowed_models: None,
        metadata: Map::new(),
    };
    draft.check(longest).map_err(Error::Invalid)?;
    Ok(draft)
}

/// Returns the number of days of a duration such as `30d`.
fn days(duration: &str) -> Result<u16, DialectError> {
    let period: Option<Period> = duration.parse().ok();
    let seconds = match period {
        Some(
            period @ (Period::Seconds(_)
            | Period::Minutes(_)
            | Period::Hours(_)
            | Period::Days(_)
            | Period::Weeks(_)
            | Period::Months(_)),
        ) => Some(period.seconds(None)),
        Some(_) | None => None,
    };
    let days = seconds.map(|seconds| seconds.saturating_add(DAY - 1) / DAY);
    let days = days.and_then(|days| u16::try_from(days).ok());
    days.ok_or_else(|| {
        let text = format!(
            "Invalid duration: {duration:?}. Must be like '30s', '30m', '30h', '30d', '1w' or '1mo'"
        );
        custom(StatusCode::BAD_REQUEST, text)
    })
}

/// Returns a key as a row of LiteLLM, with what it has spent if it has a budget.
fn row(key: &AccessToken, names: &KeyNames, spend: Option<i64>) -> Map<String, Value> {
    let details = key.key.as_ref();
    let group_name = details.and_then(|details| details.group_name.clone());
    let allowed = details.and_then(|details| details.allowed_models.as_deref());
    let metadata = details.map(|details| details.metadata.clone());
    let is_blocked =
        details.is_some_and(|details| details.blocked_at.is_some() || details.owner_left_group);
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| row.insert(name.to_owned(), value);
    set("token", key.id.to_string().into());
    set("key_name", format!("{}...", key.prefix).into());
    set("key_alias", key.name.as_str().into());
    set("user_id", names.owner.as_str().into());
    set("team_id", names.group.clone().into());
    set("team_alias", group_name.into());
    set("models", models(allowed));
    set("spend", spend.map_or(Value::Null, budgets::dollars));
    set("metadata", Value::Object(metadata.unwrap_or_default()));
    set("blocked", is_blocked.into());
    set("expires", timestamp(key.expires_at));
    set("created_at", timestamp(Some(key.created_at)));
    set("last_active", timestamp(key.last_used_at));
    row
}

/// Returns keys as rows without their limits, each with the id of the key.
async fn rows(
    services: &Services,
    reader: &Authorized<TokensRead>,
    keys: &[AccessToken],
) -> Result<Vec<(Uuid, Map<String, Value>)>, DialectError> {
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let names = access_tokens::list_key_names(services, reader, &namespace()?, &ids).await?;
    let spend = access_tokens::list_key_spend(services, reader, &ids).await?;
    let row = |key: &AccessToken| {
        // Otherwise the key was deleted meanwhile.
        let names = names.get(&key.id)?;
        Some((key.id, row(key, names, spend.get(&key.id).copied())))
    };
    Ok(keys.iter().filter_map(row).collect())
}

/// Returns a key as a row with its limits.
async fn full_row(
    services: &Services,
    identity: &Identity,
    key: &AccessToken,
) -> Result<Value, DialectError> {
    let reader = identity.require::<TokensRead>()?;
    let rows = rows(services, &reader, slice::from_ref(key)).await?;
    let (id, row) = rows.into_iter().next().ok_or_else(unknown)?;
    with_limits(services, identity, id, row).await
}

/// Returns the row of a key with its limits.
async fn with_limits(
    services: &Services,
    identity: &Identity,
    key: Uuid,
    mut row: Map<String, Value>,
) -> Result<Value, DialectError> {
    if let Ok(reader) = identity.require::<LimitsRead>() {
        let limits = budgets::of(services, &reader, LimitSubject::Token(key)).await?;
        budgets::write(&mut row, &limits);
    }
    Ok(Value::Object(row))
}

/// Returns the row of the virtual key of a request.
pub(super) async fn own(services: &Services, caller: &Caller) -> Result<Value, DialectError> {
    let key = access_tokens::find_own_key(services, caller).await?;
    let names = access_tokens::find_own_key_names(services, caller, &namespace()?).await?;
    let spend = access_tokens::find_own_key_spend(services, caller).await?;
    Ok(Value::Object(row(&key, &names, spend)))
}

/// `GET /key/info`: any key for who can read keys, and otherwise the key of the request.
pub(super) async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    headers: HeaderMap,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let asked = query.text("key");
    if let Identity::User(caller) = &identity
        && callers::is_key(caller)
    {
        let sent = headers.get(header::AUTHORIZATION).and_then(bearer);
        let info = own(&services, caller).await?;
        let is_own =
            asked.is_none() || asked == sent || asked == info.get("token").and_then(Value::as_str);
        if is_own {
            return Ok(Json(json!({ "key": info.get("token"), "info": info })));
        }
    }
    let reader = require::<TokensRead>(&services, &identity, "/key/info").await?;
    let text = asked.ok_or_else(|| {
        let text = "key is required: the credential of the request is no virtual key";
        custom(StatusCode::BAD_REQUEST, text)
    })?;
    let id = find_id(&services, &reader, text).await?;
    let key = access_tokens::find_key(&services, &reader, id).await?;
    let info = full_row(&services, &identity, &key).await?;
    Ok(Json(json!({ "key": info.get("token"), "info": info })))
}

/// Returns the id of the key that a text is or names.
async fn find_id(
    services: &Services,
    reader: &Authorized<TokensRead>,
    text: &str,
) -> Result<Uuid, DialectError> {
    let found = access_tokens::find_key_id(services, reader, text).await;
    found.map_err(|error| match error {
        Error::NotFound(_) => unknown(),
        other => other.into(),
    })
}

/// Returns the error of a text that no key has. It is without the text, which can be a secret.
fn unknown() -> DialectError {
    custom(StatusCode::NOT_FOUND, "Key not found in database")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_rounded_up_to_days() {
        for (text, number) in [("30s", 1), ("24h", 1), ("25h", 2), ("30d", 30), ("1w", 7)] {
            assert_eq!(days(text).unwrap(), number, "{text}");
        }
        for text in ["", "1y", "total", "calendar:day", "-1d", "9999999999d"] {
            assert!(days(text).is_err(), "{text}");
        }
    }
}
