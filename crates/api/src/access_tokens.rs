//! Access tokens: those of the caller, and those of all users.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    access_tokens::{AccessToken, CreatedToken, TokenDraft, list::TokenParams},
    list::Limits,
};
use service::{
    Error, Services,
    access::{TokensRead, TokensWrite},
    account,
};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SessionCaller, TokenPath},
    page::respond,
    response::{SuccessResponse, shown_once, success},
};

/// List your access tokens
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/tokens",
    operation_id = "listOwnAccessTokens",
    tag = "Own account",
    responses((status = OK, body = [AccessToken])),
    security(("session" = []))
)]
pub(crate) async fn own(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
) -> Result<Response, ApiError> {
    Ok(Json(account::tokens(&services, &caller).await?).into_response())
}

/// Create an access token
///
/// The token is in this response, and is not shown again. Requires `currentPassword`.
#[utoipa::path(
    post,
    path = "/api/tokens",
    operation_id = "createAccessToken",
    tag = "Own account",
    request_body = TokenDraft,
    responses((status = CREATED, body = CreatedToken)),
    security(("session" = []))
)]
pub(crate) async fn create(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    Body(draft): Body<TokenDraft>,
) -> Result<Response, ApiError> {
    let created = account::create_token(&services, &caller, &draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(created))))
}

/// Revoke one of your access tokens
#[utoipa::path(
    delete,
    path = "/api/tokens/{id}",
    operation_id = "revokeOwnAccessToken",
    tag = "Own account",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
pub(crate) async fn revoke_own(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    TokenPath(id): TokenPath,
) -> Result<Response, ApiError> {
    account::revoke_token(&services, &caller, id).await?;
    Ok(success())
}

/// List the access tokens of all users
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/tokens",
    operation_id = "listAccessTokens",
    tag = "Access tokens",
    params(TokenParams),
    responses((status = OK, body = [AccessToken])),
    security(("token" = ["tokens:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensRead>,
    Params(params): Params<TokenParams>,
) -> Result<Response, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let tokens = service::access_tokens::list(&services, &authorized, &query).await?;
    Ok(respond(tokens.page, "/api/admin/tokens", &params))
}

/// Revoke an access token
#[utoipa::path(
    delete,
    path = "/api/admin/tokens/{id}",
    operation_id = "revokeAccessToken",
    tag = "Access tokens",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["tokens:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    TokenPath(id): TokenPath,
) -> Result<Response, ApiError> {
    service::access_tokens::revoke(&services, &authorized, id).await?;
    Ok(success())
}
