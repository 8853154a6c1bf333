//! Data that users of Open WebUI store of themselves: settings, status, info and variables.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::account::TIME_ZONE;
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::Caller,
    account,
    groups::whole,
    owned::{Reader, Writer, extensions},
    users::linked,
};

use super::{
    Reply, config, errors, form, namespace, permissions,
    profile::{STATUS, check_text, merge_own},
    respond, types,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Maximum number of characters of a variable.
const VARIABLE_MAX: usize = 20_000;

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/users/groups", get(groups))
        .route("/api/v1/users/user/settings", get(settings))
        .route("/api/v1/users/user/settings/update", post(set_settings))
        .route("/api/v1/users/user/status", get(status))
        .route("/api/v1/users/user/status/update", post(set_status))
        .route("/api/v1/users/user/info", get(info))
        .route("/api/v1/users/user/info/update", post(set_info))
        .route("/api/v1/users/user/variables", get(variables))
        .route("/api/v1/users/user/variables/update", post(set_variables))
}

async fn groups(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    let own = whole::list_own(&services, identity.user()?).await?;
    Ok(Json(types::groups(&own)))
}

async fn settings(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    Ok(Json(stored(&services, identity.user()?, "settings").await?))
}

/// Adds members to the settings. Tool servers are left out without the permission to use them.
async fn set_settings(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(mut body): JsonBody<Map<String, Value>>,
) -> Reply {
    let caller = identity.user()?;
    if let Some(mut ui) = form::object(&body, "ui")? {
        let own = permissions::of_caller(&services, caller).await?;
        if !permissions::includes(&own, "features", "direct_tool_servers") {
            ui.remove("toolServers");
        }
        body.insert("ui".to_owned(), Value::Object(ui));
    }
    add_to(&services, caller, "settings", body).await
}

async fn info(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    Ok(Json(stored(&services, identity.user()?, "info").await?))
}

async fn set_info(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    add_to(&services, identity.user()?, "info", body).await
}

/// Adds members to a stored object of the caller. Returns the object, so the caller must be able to read it, too.
async fn add_to(
    services: &Services,
    caller: &Caller,
    name: &str,
    members: Map<String, Value>,
) -> Reply {
    Reader::own(caller)?;
    let writer = Writer::own(caller.clone())?;
    let namespace = namespace()?;
    let added = extensions::merge_into(services, &writer, None, &namespace, name, members);
    Ok(Json(added.await?.remove(name).unwrap_or_default()))
}

async fn variables(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    let variables = match stored(&services, identity.user()?, "variables").await? {
        Value::Object(variables) => variables,
        _ => Map::new(),
    };
    Ok(Json(json!({ "variables": variables })))
}

async fn set_variables(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let variables = form::object(&body, "variables")?.unwrap_or_default();
    if let Some((name, _)) = variables
        .iter()
        .find(|(name, value)| !is_variable(name, value))
    {
        let text = format!("Invalid variable {name:.50?}.");
        return Err(errors::custom(StatusCode::BAD_REQUEST, &text));
    }
    let Json(variables) = store(&services, identity.user()?, "variables", variables).await?;
    Ok(Json(json!({ "variables": variables })))
}

fn is_variable(name: &str, value: &Value) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_short = |text: &str| text.chars().count() <= VARIABLE_MAX;
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(fits)
        && value.as_str().is_some_and(is_short)
}

async fn status(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    let caller = identity.user()?;
    check_status(&services, caller).await?;
    myself(&services, caller).await
}

/// Replaces the status. Members that the body leaves out are removed.
async fn set_status(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let caller = identity.user()?;
    check_status(&services, caller).await?;
    let [emoji, message, expiry] = STATUS;
    let mut members = Map::new();
    for name in [emoji, message] {
        let text = form::text(&body, name)?;
        check_text(name, text.as_deref().unwrap_or_default())?;
        members.insert(name.to_owned(), json!(text));
    }
    let expires = match body.get(expiry) {
        None | Some(Value::Null) => None,
        Some(value) => {
            let seconds = value.as_i64();
            Some(seconds.ok_or_else(|| form::malformed(expiry, "an integer"))?)
        }
    };
    members.insert(expiry.to_owned(), json!(expires));
    merge_own(&services, caller, members).await?;
    myself(&services, caller).await
}

/// Checks that the status of users is on.
async fn check_status(services: &Services, caller: &Caller) -> Result<(), DialectError> {
    if config::is_on(services, caller, "ENABLE_USER_STATUS").await? {
        return Ok(());
    }
    let text = errors::ACTION_PROHIBITED;
    Err(errors::custom(StatusCode::FORBIDDEN, text))
}

/// Returns the caller with all members.
async fn myself(services: &Services, caller: &Caller) -> Reply {
    let user = account::get(services, caller).await?;
    let linked = linked::find_own(services, caller, &namespace()?).await?;
    let time_zone = user.settings.get(TIME_ZONE);
    let now = types::now(services);
    let members = types::whole(&user.summary, Some(&linked.data), time_zone, now);
    respond(members)
}

/// Returns a stored member of the caller; null if it is not stored.
async fn stored(services: &Services, caller: &Caller, name: &str) -> Result<Value, DialectError> {
    let reader = Reader::own(caller)?;
    let owner = caller.principal.id.0;
    let mut data = extensions::get(services, &reader, owner, &namespace()?).await?;
    Ok(data.remove(name).unwrap_or_default())
}

/// Stores an object of the caller. Returns it.
async fn store(
    services: &Services,
    caller: &Caller,
    name: &str,
    object: Map<String, Value>,
) -> Reply {
    let members = Map::from_iter([(name.to_owned(), Value::Object(object))]);
    let mut data = merge_own(services, caller, members).await?;
    Ok(Json(data.remove(name).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_have_names_and_texts() {
        let long = "x".repeat(VARIABLE_MAX + 1);
        for (name, value, is_one) in [
            ("city", json!("Bonn"), true),
            ("a_1", json!(""), true),
            ("City", json!("Bonn"), false),
            ("1a", json!("x"), false),
            ("", json!("x"), false),
            ("a-b", json!("x"), false),
            ("a", json!(1), false),
            ("a", json!(null), false),
            ("a", json!(long), false),
        ] {
            assert_eq!(is_variable(name, &value), is_one, "{name:?}");
        }
    }
}
