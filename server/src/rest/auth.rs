//! Signing in and out.

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::credentials::SignInDraft;
use serde::Deserialize;
use serde_json::json;
use service::{
    Error, Services,
    access::{Actor, Origin},
};
use tower_sessions::Session;

use super::{Failure, NoToken, body::Body};
use crate::{middleware::identity::cookie, router::CookieName};

/// The body of a sign-in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Login {
    username: String,
    password: String,
    #[serde(default)]
    remember_me: bool,
}

/// `POST /api/auth/login`
pub(crate) async fn login(
    _: NoToken,
    State(services): State<Services>,
    session: Session,
    Extension(origin): Extension<Origin>,
    Body(login): Body<Login>,
) -> Result<Response, Failure> {
    let draft = SignInDraft {
        username: login.username,
        password: login.password,
        remember: login.remember_me,
    };
    let user = service::auth::sign_in(&services, &session, draft, origin).await?;
    Ok(Json(json!({ "user": user })).into_response())
}

/// `POST /api/auth/logout`: succeeds for whoever is signed out already.
pub(crate) async fn logout(_: NoToken, session: Session) -> Result<Response, Failure> {
    service::sessions::end(&session).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

/// `GET /api/auth/me`
pub(crate) async fn me(
    State(CookieName(name)): State<CookieName>,
    Extension(actor): Extension<Option<Actor>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Some(actor) = actor else {
        let had_session = cookie(&headers, name).is_some();
        let text = if had_session {
            "Session expired"
        } else {
            "Not authenticated"
        };
        return Err(Error::Unauthenticated(text).into());
    };
    actor.require_account()?;
    Ok(Json(json!({ "user": actor.principal.brief() })).into_response())
}
