//! The caller's own account.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::account::{OwnEdit, OwnSession};
use serde::Deserialize;
use service::{Services, account};
use tower_sessions::Session;
use utoipa::ToSchema;

use super::{
    body::Body,
    done::{Ended, Success, success},
    extract::{Person, SessionPath, SignedIn},
    site::FromThisSite,
    users::{
        export::file,
        shown::{Wanted, show},
    },
};
use crate::{dto::users::Shown, response::Failure};

/// Get your account
#[utoipa::path(
    get,
    path = "/api/user/profile",
    tag = "Own account",
    responses((status = OK, body = Shown)),
    security(("token" = ["account"]))
)]
pub(crate) async fn get(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    let user = account::get(&services, &actor).await?;
    Ok(show(user, None))
}

/// Change your account
///
/// Absent fields stay unchanged, `null` removes a value. A new email address or password requires `currentPassword`. A new
/// password revokes all other sessions and replaces the cookie of this one. If the account has changed since, the request fails
/// with 412 if it has `If-Match`, and with 409 if it has `version` in the body.
#[utoipa::path(
    method(put, patch),
    path = "/api/user/profile",
    tag = "Own account",
    params(Wanted),
    request_body = OwnEdit,
    responses((status = OK, body = Shown)),
    security(("session" = []))
)]
pub(crate) async fn edit(
    State(services): State<Services>,
    Person(actor): Person,
    session: Session,
    wanted: Wanted,
    Body(mut edit): Body<OwnEdit>,
) -> Result<Response, Failure> {
    edit.version = wanted.version().or(edit.version);
    let edited = account::edit(&services, &actor, &session, edit).await;
    wanted.answer(edited)
}

/// Download all of your data
#[utoipa::path(
    get,
    path = "/api/user/export",
    tag = "Own account",
    responses((status = OK, body = Object)),
    security(("session" = []))
)]
pub(crate) async fn export(
    State(services): State<Services>,
    Person(actor): Person,
    _: FromThisSite,
) -> Result<Response, Failure> {
    Ok(file(account::export(&services, &actor).await?))
}

/// Body that deletes your account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Leave {
    #[serde(default)]
    current_password: String,
}

/// Delete your account
///
/// Requires `currentPassword`.
#[utoipa::path(
    delete,
    path = "/api/user",
    tag = "Own account",
    request_body = Leave,
    responses((status = OK, body = Success)),
    security(("session" = []))
)]
pub(crate) async fn delete(
    State(services): State<Services>,
    Person(actor): Person,
    Body(body): Body<Leave>,
) -> Result<Response, Failure> {
    account::delete(&services, &actor, &body.current_password, None).await?;
    Ok(success())
}

/// List your sessions
///
/// Latest first.
#[utoipa::path(
    get,
    path = "/api/sessions",
    tag = "Own account",
    responses((status = OK, body = [OwnSession])),
    security(("token" = ["account"]))
)]
pub(crate) async fn sessions(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    Ok(Json(account::sessions(&services, &actor).await?).into_response())
}

/// Revoke one of your sessions
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    tag = "Own account",
    responses((status = OK, body = Success)),
    security(("session" = []))
)]
pub(crate) async fn end_session(
    State(services): State<Services>,
    Person(actor): Person,
    SessionPath(id): SessionPath,
) -> Result<Response, Failure> {
    account::end_session(&services, &actor, id).await?;
    Ok(success())
}

/// Revoke all of your other sessions
#[utoipa::path(
    delete,
    path = "/api/sessions",
    tag = "Own account",
    responses((status = OK, body = Ended)),
    security(("session" = []))
)]
pub(crate) async fn end_others(
    State(services): State<Services>,
    Person(actor): Person,
) -> Result<Response, Failure> {
    let ended = account::end_others(&services, &actor).await?;
    Ok(Ended::answer(ended))
}
