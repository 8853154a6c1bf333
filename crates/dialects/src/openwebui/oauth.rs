//! Identity providers of Open WebUI. Rollcall has none: their configuration is stored without secrets, and no sign-in uses it.

mod members;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use serde_json::{Map, Value, json};
use service::{
    Services,
    access::{FeaturesRead, FeaturesWrite},
};

use super::{
    Reply,
    config::{store, stored},
    errors, form, respond,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Members of the stored settings.
const LDAP: &str = "ldap";
const LDAP_SERVER: &str = "ldap_server";
const OAUTH: &str = "oauth";
/// Members of an LDAP server that cannot be empty.
const REQUIRED: [&str; 7] = [
    "label",
    "host",
    "attribute_for_mail",
    "attribute_for_username",
    "app_dn",
    "app_dn_password",
    "search_base",
];
/// Member of an LDAP server that is a secret.
const PASSWORD: &str = "app_dn_password";

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/auths/ldap", post(sign_in))
        .route(
            "/api/v1/auths/oauth/{provider}/token/exchange",
            post(exchange),
        )
        .route("/api/v1/auths/oauth/sessions/{provider}", delete(end))
        .route("/api/v1/auths/admin/config/ldap", get(ldap).post(set_ldap))
        .route(
            "/api/v1/auths/admin/config/ldap/server",
            get(server).post(set_server),
        )
        .route(
            "/api/v1/auths/admin/config/oauth",
            get(oauth).post(set_oauth),
        )
}

async fn sign_in() -> Reply {
    let text = "LDAP authentication is not enabled";
    Err(errors::custom(StatusCode::BAD_REQUEST, text))
}

async fn exchange() -> Reply {
    let text = "Token exchange is disabled";
    Err(errors::custom(StatusCode::FORBIDDEN, text))
}

/// Returns that there was no session of a provider to end.
async fn end(Authenticated(identity): Authenticated, Path(_): Path<String>) -> Reply {
    identity.user()?;
    Ok(Json(json!(false)))
}

async fn ldap(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    identity.require::<FeaturesRead>()?;
    let stored = stored(&services, identity.user()?, LDAP).await?;
    let is_on = stored.get("enable_ldap") == Some(&Value::Bool(true));
    Ok(Json(json!({ "ENABLE_LDAP": is_on })))
}

async fn set_ldap(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    identity.require::<FeaturesWrite>()?;
    let is_on = match body.get("enable_ldap") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_on)) => *is_on,
        Some(_) => return Err(form::malformed("enable_ldap", "a boolean")),
    };
    let members = Map::from_iter([("enable_ldap".to_owned(), Value::Bool(is_on))]);
    store(&services, &identity, LDAP, members).await?;
    Ok(Json(json!({ "ENABLE_LDAP": is_on })))
}

/// Returns the members of an LDAP server with their defaults.
fn server_defaults() -> Map<String, Value> {
    let defaults = json!({
        "label": "LDAP Server",
        "host": "localhost",
        "port": 389,
        "attribute_for_mail": "mail",
        "attribute_for_username": "uid",
        "app_dn": "",
        "app_dn_password": "",
        "search_base": "",
        "search_filters": "",
        "use_tls": true,
        "certificate_path": null,
        "validate_cert": true,
        "ciphers": "ALL",
        "enable_group_management": false,
        "enable_group_creation": false,
        "attribute_for_groups": "memberOf",
    });
    match defaults {
        Value::Object(defaults) => defaults,
        _ => Map::new(),
    }
}

async fn server(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    identity.require::<FeaturesRead>()?;
    let mut members = server_defaults();
    members.extend(stored(&services, identity.user()?, LDAP_SERVER).await?);
    respond(members)
}

/// Stores an LDAP server without its password, which the response has as it was sent.
async fn set_server(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    identity.require::<FeaturesWrite>()?;
    let mut members = server_defaults();
    for (name, default) in server_defaults() {
        if let Some(value) = body.get(&name) {
            check(&name, &default, value)?;
            members.insert(name, value.clone());
        }
    }
    for name in REQUIRED {
        if members.get(name).and_then(Value::as_str) == Some("") {
            let text = format!("Required field {name} is empty");
            return Err(errors::custom(StatusCode::BAD_REQUEST, &text));
        }
    }
    let mut public = members.clone();
    public.remove(PASSWORD);
    store(&services, &identity, LDAP_SERVER, public).await?;
    respond(members)
}

/// Checks the type of a member by its default.
fn check(name: &str, default: &Value, value: &Value) -> Result<(), DialectError> {
    let is_well = match default {
        Value::Bool(_) => value.is_boolean(),
        Value::Number(_) => value.is_u64() || value.is_null(),
        Value::Null => value.is_string() || value.is_null(),
        _ => value.is_string(),
    };
    if is_well {
        Ok(())
    } else {
        Err(form::malformed(name, "a value of the type of its default"))
    }
}

async fn oauth(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    identity.require::<FeaturesRead>()?;
    let members = stored(&services, identity.user()?, OAUTH).await?;
    Ok(Json(with_scopes(members)))
}

/// Stores the members of the body that are known and no secrets.
async fn set_oauth(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    identity.require::<FeaturesWrite>()?;
    let stored = store(&services, &identity, OAUTH, members::read(&body)?).await?;
    Ok(Json(with_scopes(stored)))
}

/// Returns the configuration of OAuth with the default scopes, if none are stored.
fn with_scopes(stored: Map<String, Value>) -> Value {
    let mut members = members::shown(stored);
    let scopes = members.entry("OAUTH_SCOPES");
    scopes.or_insert_with(|| json!("openid email profile"));
    let is_on = members.entry("ENABLE_OAUTH");
    is_on.or_insert_with(|| json!(false));
    Value::Object(members)
}
