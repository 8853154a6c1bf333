//! Changes of the own account, and the own API key.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    access_tokens::{AccessToken, Scope, TokenDraft, TokenKind},
    account::OwnEdit,
};
use serde_json::{Map, Value, json};
use service::{Error, Services, access::Caller, account};

use super::{
    Reply, errors, form, permissions,
    profile::{self, merge_own},
    respond, types,
};
use crate::{Authenticated, DialectError, JsonBody};

/// Name of the access token that stands for the API key.
const KEY_NAME: &str = "Open WebUI";

/// Returns the routes.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/auths/update/profile", post(update_profile))
        .route("/api/v1/auths/update/password", post(update_password))
        .route("/api/v1/auths/update/timezone", post(update_time_zone))
        .route(
            "/api/v1/auths/api_key",
            get(key).post(create_key).delete(delete_key),
        )
}

/// Replaces the profile. Members that the body leaves out are removed, but for the image.
async fn update_profile(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let caller = identity.user()?;
    let name = form::required(&body, "name")?;
    let mut members = Map::new();
    for field in ["bio", "gender", "date_of_birth"] {
        let text = form::text(&body, field)?;
        match &text {
            Some(date) if field == "date_of_birth" => form::check_date(date)?,
            Some(text) => profile::check_text(field, text)?,
            None => {}
        }
        members.insert(field.to_owned(), json!(text));
    }
    if let Some(url) = form::text(&body, profile::IMAGE)? {
        profile::check_image(&url)?;
        members.insert(profile::IMAGE.to_owned(), Value::String(url));
    }
    let edit = OwnEdit {
        display_name: Some(name),
        ..OwnEdit::default()
    };
    account::edit_by_token(&services, caller, edit).await?;
    let data = merge_own(&services, caller, members).await?;
    let user = account::get(&services, caller).await?.summary;
    respond(types::brief(&user, Some(&data)))
}

/// Sets the password. Every session ends, also that of the request.
async fn update_password(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let edit = OwnEdit {
        current_password: Some(form::required(&body, "password")?),
        password: Some(form::required(&body, "new_password")?),
        ..OwnEdit::default()
    };
    account::edit_by_token(&services, identity.user()?, edit).await?;
    Ok(Json(json!(true)))
}

async fn update_time_zone(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Reply {
    let zone = form::required(&body, "timezone")?;
    let edit = OwnEdit {
        time_zone: Some(Some(zone)),
        ..OwnEdit::default()
    };
    account::edit_by_token(&services, identity.user()?, edit).await?;
    Ok(Json(json!({ "status": true })))
}

/// Returns the beginning of the own API key: the whole key is shown only when it is created.
async fn key(State(services): State<Services>, Authenticated(identity): Authenticated) -> Reply {
    let keys = own_keys(&services, identity.user()?).await?;
    let newest = keys
        .first()
        .ok_or_else(|| errors::custom(StatusCode::NOT_FOUND, errors::API_KEY_NOT_FOUND))?;
    Ok(Json(json!({ "api_key": format!("{}…", newest.prefix) })))
}

/// Creates an access token with all scopes of the caller, if the body has the current password: a token outlives the session. An earlier
/// one is revoked.
async fn create_key(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    body: Bytes,
) -> Reply {
    let denied = || errors::custom(StatusCode::FORBIDDEN, errors::API_KEY_NOT_ALLOWED);
    let caller = identity.user()?;
    let own = permissions::of_caller(&services, caller).await?;
    let is_permitted =
        caller.principal.is_admin || permissions::includes(&own, "features", "api_keys");
    // The client sends no body.
    let body = serde_json::from_slice::<Map<String, Value>>(&body).unwrap_or_default();
    let password = form::text(&body, "password")?.filter(|_| is_permitted);
    let draft = TokenDraft {
        name: KEY_NAME.to_owned(),
        scopes: Scope::of(&caller.principal.permissions)
            .map(|scope| scope.to_string())
            .collect(),
        days: Some(services.settings.token_max_days).filter(|days| *days > 0),
        current_password: password.ok_or_else(denied)?,
    };
    let earlier = own_keys(&services, caller).await?;
    let created = account::create_token(&services, caller, &draft).await?;
    revoke(&services, caller, earlier).await?;
    Ok(Json(json!({ "api_key": created.issued.token })))
}

async fn delete_key(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
) -> Reply {
    let caller = identity.user()?;
    let keys = own_keys(&services, caller).await?;
    revoke(&services, caller, keys).await?;
    Ok(Json(json!(true)))
}

/// Revokes access tokens of the caller. One that was revoked meanwhile is no error: the response can have a new one, which is shown once.
async fn revoke(
    services: &Services,
    caller: &Caller,
    tokens: Vec<AccessToken>,
) -> Result<(), Error> {
    for token in tokens {
        match account::revoke_token(services, caller, token.id).await {
            Ok(_) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Lists the working access tokens that stand for the API key, newest first.
async fn own_keys(services: &Services, caller: &Caller) -> Result<Vec<AccessToken>, DialectError> {
    let mut tokens = account::tokens(services, caller).await?;
    tokens.retain(|token| {
        token.kind == TokenKind::Token && token.name == KEY_NAME && !token.state.is_over()
    });
    Ok(tokens)
}
