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
    access::{ReadTokens, WriteTokens},
    account,
};

use super::{
    body::Body,
    done::{Success, success},
    extract::{Allowed, Params, Person, TokenPath},
    page::respond,
};
use crate::response::{Failure, shown_once};

/// List your access tokens
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/tokens",
    tag = "Own account",
    responses((status = OK, body = [AccessToken])),
    security(("session" = []))
)]
pub(crate) async fn own(
    State(services): State<Services>,
    Person(actor): Person,
) -> Result<Response, Failure> {
    Ok(Json(account::tokens(&services, &actor).await?).into_response())
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
pub(crate) async fn create(
    State(services): State<Services>,
    Person(actor): Person,
    Body(draft): Body<TokenDraft>,
) -> Result<Response, Failure> {
    let made = account::create_token(&services, &actor, &draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(made))))
}

/// Revoke one of your access tokens
#[utoipa::path(
    delete,
    path = "/api/tokens/{id}",
    tag = "Own account",
    responses((status = OK, body = Success)),
    security(("session" = []))
)]
pub(crate) async fn revoke_own(
    State(services): State<Services>,
    Person(actor): Person,
    TokenPath(id): TokenPath,
) -> Result<Response, Failure> {
    account::revoke_token(&services, &actor, id).await?;
    Ok(success())
}

/// List the access tokens of all users
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
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadTokens>,
    Params(params): Params<TokenParams>,
) -> Result<Response, Failure> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let page = service::access_tokens::list(&services, &granted, &query).await?;
    Ok(respond(
        page.tokens,
        &page.place,
        "/api/admin/tokens",
        &params,
    ))
}

/// Revoke an access token
#[utoipa::path(
    delete,
    path = "/api/admin/tokens/{id}",
    tag = "Access tokens",
    responses((status = OK, body = Success)),
    security(("token" = ["tokens:write"]))
)]
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteTokens>,
    TokenPath(id): TokenPath,
) -> Result<Response, Failure> {
    service::access_tokens::revoke(&services, &granted, id).await?;
    Ok(success())
}
