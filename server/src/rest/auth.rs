//! Signing in and out.

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{credentials::SignInDraft, users::UserBrief};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{Actor, Origin},
};
use tower_sessions::Session;
use utoipa::ToSchema;

use super::{
    Failure, NoToken,
    body::Body,
    done::{Success, success},
};
use crate::{middleware::cookies::cookie, router::CookieName};

/// The body of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Login {
    #[schema(min_length = 1)]
    username: String,
    #[schema(min_length = 1)]
    password: String,
    #[serde(default)]
    remember_me: bool,
}

/// Somebody's account in short.
#[derive(Serialize, ToSchema)]
pub(crate) struct Who {
    pub(crate) user: UserBrief,
}

/// Sign in
///
/// The answer sets the session cookie. An unknown name and a wrong password are answered alike. After too many wrong
/// tries 429 says when to try again.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "Sign-in",
    request_body = Login,
    responses((status = OK, body = Who)),
    security(())
)]
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
    Ok(Json(Who { user }).into_response())
}

/// Sign out
///
/// Succeeds for whoever is signed out already.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "Sign-in",
    responses((status = OK, body = Success)),
    security(())
)]
pub(crate) async fn logout(_: NoToken, session: Session) -> Result<Response, Failure> {
    service::sessions::end(&session).await?;
    Ok(success())
}

/// See who is asking
#[utoipa::path(
    get,
    path = "/api/auth/me",
    tag = "Sign-in",
    responses((status = OK, body = Who)),
    security(("token" = ["account"]))
)]
pub(crate) async fn me(
    State(CookieName(name)): State<CookieName>,
    Extension(actor): Extension<Option<Actor>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Some(actor) = actor else {
        let had_session = cookie(&headers, &name).is_some();
        let text = if had_session {
            "Session expired"
        } else {
            "Not authenticated"
        };
        return Err(Error::Unauthenticated(text).into());
    };
    actor.require_account()?;
    let user = actor.principal.brief();
    Ok(Json(Who { user }).into_response())
}
