//! The configuration of Open WebUI. What Rollcall has comes from its settings and cannot be changed here; the rest is stored for the
//! clients, without a meaning.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use domain::users::list::ListQuery;
use serde_json::{Map, Value, json};
use service::{
    Error, Services,
    access::{Caller, FeaturesRead, FeaturesWrite, Identity},
    host_settings,
    settings::Settings,
    users,
};

use super::{Reply, errors, form, listing::search, namespace, respond};
use crate::{Authenticated, DialectError, JsonBody};

/// Member of the stored settings with the configuration.
const CONFIG: &str = "config";
const DAY: u64 = 24 * 60 * 60;
const HOUR: u64 = 60 * 60;

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/auths/admin/details", get(details))
        .route("/api/v1/auths/admin/config", get(config).post(set_config))
}

/// Returns the members that are stored, with their defaults.
fn stored_defaults() -> Map<String, Value> {
    let defaults = json!({
        "SHOW_ADMIN_DETAILS": true,
        "ADMIN_EMAIL": null,
        "ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS": false,
        "API_KEYS_ALLOWED_ENDPOINTS": "",
        "DEFAULT_GROUP_ID": "",
        "ENABLE_COMMUNITY_SHARING": false,
        "ENABLE_MESSAGE_RATING": true,
        "ENABLE_FOLDERS": true,
        "ENABLE_AUTOMATIONS": false,
        "ENABLE_CHANNELS": false,
        "ENABLE_CALENDAR": true,
        "ENABLE_MEMORIES": true,
        "ENABLE_MEMORY_SYSTEM_CONTEXT": true,
        "ENABLE_NOTES": true,
        "ENABLE_USER_WEBHOOKS": false,
        "ENABLE_USER_STATUS": true,
        "FOLDER_MAX_FILE_COUNT": null,
        "AUTOMATION_MAX_COUNT": null,
        "AUTOMATION_MIN_INTERVAL": null,
        "CHANNEL_MODEL_RESPONSE_MODE": "thread",
        "PENDING_USER_OVERLAY_TITLE": null,
        "PENDING_USER_OVERLAY_CONTENT": null,
        "RESPONSE_WATERMARK": null,
    });
    match defaults {
        Value::Object(defaults) => defaults,
        _ => Map::new(),
    }
}

/// Returns the members that the settings of the server decide.
fn live(settings: &Settings) -> [(&'static str, Value); 5] {
    let role = if settings.registration_approval {
        "pending"
    } else {
        "user"
    };
    [
        ("WEBUI_URL", json!(settings.public_url)),
        ("ENABLE_SIGNUP", json!(settings.allow_registration)),
        ("ENABLE_API_KEYS", json!(true)),
        ("DEFAULT_USER_ROLE", json!(role)),
        (
            "JWT_EXPIRES_IN",
            json!(duration(settings.session_lifetime.as_secs())),
        ),
    ]
}

/// Returns a number of seconds in the largest unit that has no fraction.
fn duration(seconds: u64) -> String {
    if seconds.is_multiple_of(DAY) {
        format!("{}d", seconds / DAY)
    } else if seconds.is_multiple_of(HOUR) {
        format!("{}h", seconds / HOUR)
    } else {
        format!("{seconds}s")
    }
}

/// Returns an object of the stored settings.
pub(super) async fn stored(
    services: &Services,
    caller: &Caller,
    name: &str,
) -> Result<Map<String, Value>, DialectError> {
    let settings = host_settings::get(services, caller, &namespace()?).await?;
    Ok(object(settings, name))
}

/// Adds members to an object of the stored settings. Returns the object.
pub(super) async fn store(
    services: &Services,
    identity: &Identity,
    name: &str,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, DialectError> {
    let authorized = identity.require::<FeaturesWrite>()?;
    let namespace = namespace()?;
    let merged = host_settings::merge_into(services, &authorized, &namespace, name, members);
    Ok(object(merged.await?, name))
}

/// Returns an object of the settings, which is empty if it is not stored.
fn object(mut settings: Map<String, Value>, name: &str) -> Map<String, Value> {
    match settings.remove(name) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// Returns the whole configuration.
async fn whole(services: &Services, caller: &Caller) -> Result<Map<String, Value>, DialectError> {
    let mut members = stored_defaults();
    members.extend(stored(services, caller, CONFIG).await?);
    let live = live(&services.settings).into_iter();
    members.extend(live.map(|(name, value)| (name.to_owned(), value)));
    Ok(members)
}

/// Returns whether a member of the configuration is on.
pub(super) async fn is_on(
    services: &Services,
    caller: &Caller,
    name: &str,
) -> Result<bool, DialectError> {
    let members = whole(services, caller).await?;
    Ok(members.get(name) == Some(&Value::Bool(true)))
}

async fn config(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    identity.require::<FeaturesRead>()?;
    let members = whole(&services, identity.user()?).await?;
    respond(members)
}

/// Stores what has no meaning here. Other members are ignored, as Open WebUI ignores what is not valid.
async fn set_config(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    identity.require::<FeaturesWrite>()?;
    let mut members = Map::new();
    for (name, default) in stored_defaults() {
        if let Some(value) = body.get(&name) {
            check(&name, &default, value)?;
            members.insert(name, value.clone());
        }
    }
    store(&services, &identity, CONFIG, members).await?;
    let members = whole(&services, identity.user()?).await?;
    respond(members)
}

/// Checks the type of a member by its default. One whose default is null is a text, a number or null.
fn check(name: &str, default: &Value, value: &Value) -> Result<(), DialectError> {
    let (is_well, expected) = match default {
        Value::Bool(_) => (value.is_boolean(), "a boolean"),
        Value::String(_) => (value.is_string(), "a string"),
        _ => {
            let is_scalar = value.is_string() || value.is_i64() || value.is_null();
            (is_scalar, "a string or an integer")
        }
    };
    if is_well {
        Ok(())
    } else {
        Err(form::malformed(name, expected))
    }
}

/// Returns the contact of users: the configured address, with the name of its user for callers who can read users. Administrators who
/// have configured none are named themselves.
async fn details(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    let caller = identity.user()?;
    let members = whole(&services, caller).await?;
    if members.get("SHOW_ADMIN_DETAILS") != Some(&Value::Bool(true)) {
        return Err(errors::custom(
            StatusCode::BAD_REQUEST,
            errors::ACTION_PROHIBITED,
        ));
    }
    let email = members.get("ADMIN_EMAIL").and_then(Value::as_str);
    let email = email.filter(|email| !email.is_empty());
    let (name, email) = match email {
        None if caller.principal.is_admin => (
            Some(caller.principal.display_name.clone()),
            caller.principal.email.clone(),
        ),
        email => {
            let name = name_of(&services, &identity, email).await?;
            (name, email.map(str::to_owned))
        }
    };
    Ok(Json(json!({ "name": name, "email": email })))
}

/// Returns the name of the user with an email address, for callers who can read users.
async fn name_of(
    services: &Services,
    identity: &Identity,
    email: Option<&str>,
) -> Result<Option<String>, Error> {
    let (Some(email), Ok(authorized)) = (email, identity.require()) else {
        return Ok(None);
    };
    let Some(filter) = search(Some(email)) else {
        return Ok(None);
    };
    let query = ListQuery {
        filter,
        limit: 1,
        ..ListQuery::default()
    };
    let found = users::list(services, &authorized, &query).await?.users.rows;
    let user = found.into_iter().next();
    Ok(user
        .filter(|user| user.email.as_deref() == Some(email))
        .map(|user| user.display_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_in_the_largest_unit() {
        for (seconds, text) in [(7 * DAY, "7d"), (36 * HOUR, "36h"), (90, "90s")] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn members_have_the_types_of_their_defaults() {
        for (default, value, is_well) in [
            (json!(true), json!(false), true),
            (json!(true), json!("true"), false),
            (json!(true), json!(null), false),
            (json!(""), json!("x"), true),
            (json!(""), json!(1), false),
            (json!(null), json!(1), true),
            (json!(null), json!("1"), true),
            (json!(null), json!(1.5), false),
            (json!(null), json!([]), false),
        ] {
            assert_eq!(check("X", &default, &value).is_ok(), is_well, "{value}");
        }
    }
}
