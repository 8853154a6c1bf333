//! Virtual keys of users. They are listed and revoked like access tokens.

use axum::{Json, extract::State};
use domain::access_tokens::{
    AccessToken, IssuedKey, KeyDraft, OwnKeyDraft, RotationDraft, VirtualKeyEdit,
};
use serde::Serialize;
use service::{
    Services,
    access::{TokensRead, TokensWrite},
    access_tokens, account,
};
use time::OffsetDateTime;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, SessionCaller, UserPath},
    if_match::IfMatch,
    response::{
        Created, ShownOnce, Stored, SuccessResponse, VersionResponse, Versioned, Written, success,
        written,
    },
    state::ApiState,
};

/// Returns the routes of virtual keys.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create_own_virtual_key))
        .routes(routes!(create_virtual_key))
        .routes(routes!(get_virtual_key, update_virtual_key))
        .routes(routes!(block_virtual_key))
        .routes(routes!(unblock_virtual_key))
        .routes(routes!(rotate_virtual_key))
        .routes(routes!(end_previous_secret))
}

/// Secret of a virtual key for a caller who cannot read what is stored of the key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretResponse {
    id: Uuid,
    prefix: String,
    token: String,
    #[serde(with = "time::serde::rfc3339::option")]
    previous_until: Option<OffsetDateTime>,
}

impl Stored for IssuedKey {
    type Written = SecretResponse;

    fn written(self) -> SecretResponse {
        SecretResponse {
            id: self.id,
            prefix: self.prefix,
            token: self.token,
            previous_until: self.previous_until,
        }
    }

    fn has_secret(&self) -> bool {
        true
    }
}

impl Stored for AccessToken {
    type Written = VersionResponse<Uuid>;

    fn written(self) -> VersionResponse<Uuid> {
        VersionResponse::new(self.id, self.version)
    }
}

/// Create a virtual key for yourself
///
/// The key begins with `sk-`. It opens `/api/limits`, `/api/usage` and `/api/access` for you only. It is in this response, and is not shown
/// again. Requires `currentPassword`.
#[utoipa::path(
    post,
    path = "/api/virtual-keys",
    tag = "Own account",
    request_body = OwnKeyDraft,
    responses((status = CREATED, body = IssuedKey)),
    security(("session" = []))
)]
async fn create_own_virtual_key(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    Body(draft): Body<OwnKeyDraft>,
) -> Result<Created<ShownOnce<Json<IssuedKey>>>, ApiError> {
    let issued = account::create_virtual_key(&services, &caller, &draft).await?;
    Ok(Created::new(ShownOnce(Json(issued))))
}

/// Create a virtual key for a user
///
/// The key begins with `sk-`. It opens `/api/limits`, `/api/usage` and `/api/access` for the user only. It is in this response, and is not
/// shown again. Without `tokens:read` the response has only the id and the key.
#[utoipa::path(
    post,
    path = "/api/admin/users/{id}/virtual-keys",
    tag = "Access tokens",
    request_body = KeyDraft,
    responses((status = CREATED, body = IssuedKey)),
    security(("token" = ["tokens:write"]))
)]
async fn create_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    UserPath(id): UserPath,
    Body(draft): Body<KeyDraft>,
) -> Result<Created<Written<IssuedKey>>, ApiError> {
    let issued = access_tokens::create_key(&services, &authorized, id, &draft).await?;
    Ok(Created::new(Written::new(issued, authorized.can_read())))
}

/// Get a virtual key
#[utoipa::path(
    get,
    path = "/api/admin/virtual-keys/{id}",
    tag = "Access tokens",
    responses((status = OK, body = AccessToken)),
    security(("token" = ["tokens:read"]))
)]
async fn get_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensRead>,
    IdPath(id): IdPath,
) -> Result<Versioned<Json<AccessToken>>, ApiError> {
    let key = access_tokens::find_key(&services, &authorized, id).await?;
    Ok(Versioned {
        version: key.version,
        body: Json(key),
    })
}

/// Change a virtual key
///
/// Absent fields stay unchanged, as do the secret, the limits and the usage. `days` counts from now on. Without `tokens:read` the response
/// has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/virtual-keys/{id}",
    tag = "Access tokens",
    params(IfMatch),
    request_body = VirtualKeyEdit,
    responses((status = OK, body = AccessToken)),
    security(("token" = ["tokens:write"]))
)]
async fn update_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
    Body(edit): Body<VirtualKeyEdit>,
) -> Result<Versioned<Written<AccessToken>>, ApiError> {
    let target = if_match.target(id);
    let edited = access_tokens::edit_key(&services, &authorized, target, &edit).await;
    let key = if_match.check(edited)?;
    Ok(written(&authorized, key.version, key))
}

/// Block a virtual key
///
/// It is rejected until it is unblocked.
#[utoipa::path(
    post,
    path = "/api/admin/virtual-keys/{id}/block",
    tag = "Access tokens",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["tokens:write"]))
)]
async fn block_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    IdPath(id): IdPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    access_tokens::block(&services, &authorized, id).await?;
    Ok(success())
}

/// Unblock a virtual key
#[utoipa::path(
    post,
    path = "/api/admin/virtual-keys/{id}/unblock",
    tag = "Access tokens",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["tokens:write"]))
)]
async fn unblock_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    IdPath(id): IdPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    access_tokens::unblock(&services, &authorized, id).await?;
    Ok(success())
}

/// Rotate a virtual key
///
/// The response has another secret, which is not shown again. The present one still works for `overlapHours`, one from before that no
/// longer. Id, limits, models and expiry stay. Without `tokens:read` the response has only the id and the key.
#[utoipa::path(
    post,
    path = "/api/admin/virtual-keys/{id}/rotate",
    tag = "Access tokens",
    request_body = RotationDraft,
    responses((status = OK, body = IssuedKey)),
    security(("token" = ["tokens:write"]))
)]
async fn rotate_virtual_key(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    IdPath(id): IdPath,
    Body(draft): Body<RotationDraft>,
) -> Result<Written<IssuedKey>, ApiError> {
    let issued = access_tokens::rotate(&services, &authorized, id, &draft).await?;
    Ok(Written::new(issued, authorized.can_read()))
}

/// End the previous secret of a virtual key
///
/// For a rotated key whose previous secret still works: only the present one does then.
#[utoipa::path(
    post,
    path = "/api/admin/virtual-keys/{id}/end-previous",
    tag = "Access tokens",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["tokens:write"]))
)]
async fn end_previous_secret(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    IdPath(id): IdPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    access_tokens::end_previous(&services, &authorized, id).await?;
    Ok(success())
}
