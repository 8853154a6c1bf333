//! Access tokens: one's own, and everybody's.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    access_tokens::{TokenDraft, list::TokenParams},
    users::list::Limits,
};
use serde_json::{Value, json};
use service::{
    Error, Services,
    access::{ReadTokens, WriteTokens},
    account,
};

use super::{Allowed, Failure, Params, Person, TokenPath, body::Body, page::respond, shown_once};

/// `GET /api/tokens`: one's own, the newest first.
pub(crate) async fn own(
    State(services): State<Services>,
    Person(actor): Person,
) -> Result<Response, Failure> {
    Ok(Json(account::tokens(&services, &actor).await?).into_response())
}

/// `POST /api/tokens`: the answer has the token, which is shown nowhere else.
pub(crate) async fn create(
    State(services): State<Services>,
    Person(actor): Person,
    Body(draft): Body<TokenDraft>,
) -> Result<Response, Failure> {
    let made = account::create_token(&services, &actor, &draft).await?;
    Ok(shown_once((StatusCode::CREATED, Json(made))))
}

/// `DELETE /api/tokens/:id`: one's own.
pub(crate) async fn revoke_own(
    State(services): State<Services>,
    Person(actor): Person,
    TokenPath(id): TokenPath,
) -> Result<Json<Value>, Failure> {
    account::revoke_token(&services, &actor, id).await?;
    Ok(Json(json!({ "success": true })))
}

/// `GET /api/admin/tokens`: a page of everybody's, the newest first.
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadTokens>,
    Params(params): Params<TokenParams>,
) -> Result<Response, Failure> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let page = service::access_tokens::list(&services, &granted, &query).await?;
    let at = |after, before| TokenParams {
        after,
        before,
        ..params.clone()
    };
    let next = page.after.map(|after| at(Some(after), None));
    let prev = page.before.map(|before| at(None, Some(before)));
    let next = next.iter().map(|params| (params.pairs(), "next"));
    let prev = prev.iter().map(|params| (params.pairs(), "prev"));
    let neighbours: Vec<_> = next.chain(prev).collect();
    Ok(respond(
        page.tokens,
        page.total,
        "/api/admin/tokens",
        &neighbours,
    ))
}

/// `DELETE /api/admin/tokens/:id`
pub(crate) async fn revoke(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteTokens>,
    TokenPath(id): TokenPath,
) -> Result<Json<Value>, Failure> {
    service::access_tokens::revoke(&services, &granted, id).await?;
    Ok(Json(json!({ "success": true })))
}
