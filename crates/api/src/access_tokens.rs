//! Access tokens: those of the caller, and those of all users.

use axum::{Json, extract::State};
use domain::{
    access_tokens::{AccessToken, CreatedToken, TokenDraft, list::TokenParams},
    list::Limits,
};
use service::{
    Error, Services,
    access::{TokensRead, TokensWrite},
    account,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SessionCaller, TokenPath},
    page::PageResponse,
    response::{Created, ShownOnce, SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of access tokens.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_own_access_tokens, create_access_token))
        .routes(routes!(revoke_own_access_token))
        .routes(routes!(list_access_tokens))
        .routes(routes!(revoke_access_token))
}

/// List your access tokens and virtual keys
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/tokens",
    tag = "Own account",
    responses((status = OK, body = [AccessToken])),
    security(("session" = []))
)]
async fn list_own_access_tokens(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
) -> Result<Json<Vec<AccessToken>>, ApiError> {
    Ok(Json(account::tokens(&services, &caller).await?))
}

/// Create an access token
///
/// The token is in this response, and is not shown again. Requires `currentPassword`.
#[utoipa::path(
    post,
    path = "/api/tokens",
    tag = "Own account",
    request_body = TokenDraft,
    responses((status = CREATED, body = CreatedToken)),
    security(("session" = []))
)]
async fn create_access_token(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    Body(draft): Body<TokenDraft>,
) -> Result<Created<ShownOnce<Json<CreatedToken>>>, ApiError> {
    let created = account::create_token(&services, &caller, &draft).await?;
    Ok(Created::new(ShownOnce(Json(created))))
}

/// Revoke one of your access tokens or virtual keys
#[utoipa::path(
    delete,
    path = "/api/tokens/{id}",
    tag = "Own account",
    responses((status = OK, body = SuccessResponse)),
    security(("session" = []))
)]
async fn revoke_own_access_token(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    TokenPath(id): TokenPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    account::revoke_token(&services, &caller, id).await?;
    Ok(success())
}

/// List the access tokens and virtual keys of all users
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/tokens",
    tag = "Access tokens",
    params(TokenParams),
    responses((status = OK, body = [AccessToken])),
    security(("token" = ["tokens:read"]))
)]
async fn list_access_tokens(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensRead>,
    Params(params): Params<TokenParams>,
) -> Result<PageResponse<AccessToken>, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let tokens = service::access_tokens::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(tokens.page, "/api/admin/tokens", &params))
}

/// Revoke an access token or a virtual key
#[utoipa::path(
    delete,
    path = "/api/admin/tokens/{id}",
    tag = "Access tokens",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["tokens:write"]))
)]
async fn revoke_access_token(
    State(services): State<Services>,
    Allowed(authorized): Allowed<TokensWrite>,
    TokenPath(id): TokenPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    service::access_tokens::revoke(&services, &authorized, id).await?;
    Ok(success())
}
