//! One's own account.

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
    Failure, FromThisSite, Person, SessionPath, SignedIn,
    body::Body,
    done::{Ended, Success, success},
    users::{
        export::file,
        shown::{Shown, Wanted, show},
    },
};

/// See one's own account
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

/// Change one's own account
///
/// What is absent stays, `null` removes. Another address or password needs `currentPassword`. A new password ends all
/// other sessions and gives this one another cookie. With `If-Match` a change on top of another one is refused with
/// 412, with `version` in the body with 409.
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

/// Download all that one owns
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

/// The body that deletes one's own account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Leave {
    #[serde(default)]
    current_password: String,
}

/// Delete one's own account
///
/// Needs `currentPassword`.
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

/// List one's own sessions
///
/// The latest first.
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

/// End one of one's own sessions
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

/// End all of one's own other sessions
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
