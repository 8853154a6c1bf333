//! One's own account.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::account::OwnEdit;
use serde::Deserialize;
use serde_json::json;
use service::{Services, account};
use tower_sessions::Session;

use super::{
    Failure, Person, SessionPath, SignedIn,
    body::Body,
    users::{
        export::file,
        shown::{Wanted, show, success},
    },
};

/// `GET /api/user/profile`
pub(crate) async fn get(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    let user = account::get(&services, &actor).await?;
    Ok(show(user, None))
}

/// `PUT` and `PATCH /api/user/profile`: what is absent stays, `null` removes. Another address or password needs
/// `currentPassword`. A new password ends all other sessions and gives this one another cookie.
pub(crate) async fn edit(
    State(services): State<Services>,
    Person(actor): Person,
    session: Session,
    headers: HeaderMap,
    Body(mut edit): Body<OwnEdit>,
) -> Result<Response, Failure> {
    let wanted = Wanted::of(&headers)?;
    edit.version = wanted.version().or(edit.version);
    let edited = account::edit(&services, &actor, &session, edit).await;
    wanted.answer(edited)
}

/// `GET /api/user/export`: all that one owns, as a file.
pub(crate) async fn export(
    State(services): State<Services>,
    Person(actor): Person,
) -> Result<Response, Failure> {
    Ok(file(account::export(&services, &actor).await?))
}

/// The body that deletes one's own account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Leave {
    #[serde(default)]
    current_password: String,
}

/// `DELETE /api/user`
pub(crate) async fn delete(
    State(services): State<Services>,
    Person(actor): Person,
    Body(body): Body<Leave>,
) -> Result<Response, Failure> {
    account::delete(&services, &actor, &body.current_password, None).await?;
    Ok(success())
}

/// `GET /api/sessions`: one's own, the latest first.
pub(crate) async fn sessions(
    State(services): State<Services>,
    SignedIn(actor): SignedIn,
) -> Result<Response, Failure> {
    Ok(Json(account::sessions(&services, &actor).await?).into_response())
}

/// `DELETE /api/sessions/:id`
pub(crate) async fn end_session(
    State(services): State<Services>,
    Person(actor): Person,
    SessionPath(id): SessionPath,
) -> Result<Response, Failure> {
    account::end_session(&services, &actor, id).await?;
    Ok(success())
}

/// `DELETE /api/sessions`: everywhere else.
pub(crate) async fn end_others(
    State(services): State<Services>,
    Person(actor): Person,
) -> Result<Response, Failure> {
    let ended = account::end_others(&services, &actor).await?;
    Ok(Json(json!({ "success": true, "ended": ended })).into_response())
}
