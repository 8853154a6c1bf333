//! `GET /user/info` and `GET /v2/user/info`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use service::{
    Services,
    access::{GroupsRead, Identity, TokensRead},
    directory::DirectoryUser,
    limits,
};

use super::row;
use crate::{
    Authenticated, DialectError,
    litellm::{callers, errors::custom, keys, query::Query, teams},
};

/// Fields of the second version.
const FIELDS: [&str; 14] = [
    "user_id",
    "user_email",
    "user_alias",
    "user_role",
    "spend",
    "max_budget",
    "models",
    "budget_duration",
    "budget_reset_at",
    "metadata",
    "created_at",
    "updated_at",
    "sso_user_id",
    "teams",
];

/// Returns a user with the keys and teams, or everything for an administrator who names none.
pub(in crate::litellm) async fn info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let mut user = match (query.text("user_id"), &identity) {
        (Some(id), _) => callers::find_readable(&services, &identity, id).await?,
        (None, Identity::User(caller)) => callers::own(&services, caller).await?,
        (None, Identity::Operator(_)) => return everything(&services, &identity).await,
    };
    limits::add_resets(&services, &identity, std::slice::from_mut(&mut user)).await?;
    let keys = keys_of(&services, &identity, &user).await?;
    let teams = match identity.require::<GroupsRead>() {
        Ok(reader) => teams::list_rows(&services, &reader, Some(user.id)).await?,
        Err(_) => Vec::new(),
    };
    Ok(Json(json!({
        "user_id": user.identifier,
        "user_info": row(&user),
        "keys": keys,
        "teams": teams,
    })))
}

/// Returns all keys and teams, as the master key gets them.
async fn everything(services: &Services, identity: &Identity) -> Result<Json<Value>, DialectError> {
    let teams = teams::list_rows(services, &identity.require()?, None).await?;
    let keys = keys::list::rows_of(services, &identity.require()?, None).await?;
    Ok(Json(json!({
        "user_id": null,
        "user_info": null,
        "keys": keys,
        "teams": teams,
    })))
}

/// Returns the virtual keys of a user that the caller can see: a virtual key sees itself.
async fn keys_of(
    services: &Services,
    identity: &Identity,
    user: &DirectoryUser,
) -> Result<Vec<Value>, DialectError> {
    if let Ok(reader) = identity.require::<TokensRead>() {
        return keys::list::rows_of(services, &reader, Some(user.id)).await;
    }
    match identity {
        Identity::User(caller) if callers::is_key(caller) => {
            Ok(vec![keys::own(services, caller).await?])
        }
        Identity::User(_) | Identity::Operator(_) => Ok(Vec::new()),
    }
}

/// Returns a user without keys and teams.
pub(in crate::litellm) async fn info_v2(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    query: Query,
) -> Result<Json<Value>, DialectError> {
    let mut user = match (query.text("user_id"), &identity) {
        (Some(id), _) => {
            let found = callers::find_readable(&services, &identity, id).await;
            found.map_err(|error| match error {
                DialectError::Custom(StatusCode::NOT_FOUND, _) => {
                    custom(StatusCode::NOT_FOUND, format!("User not found: {id}"))
                }
                other => other,
            })?
        }
        (None, Identity::User(caller)) => callers::own(&services, caller).await?,
        (None, Identity::Operator(_)) => {
            let text = "user_id is required: the master key has no user";
            return Err(custom(StatusCode::BAD_REQUEST, text));
        }
    };
    limits::add_resets(&services, &identity, std::slice::from_mut(&mut user)).await?;
    let mut row = row(&user);
    row.retain(|name, _| FIELDS.contains(&name.as_str()));
    Ok(Json(Value::Object(row)))
}
