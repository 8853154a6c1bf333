//! Sign-in and sign-out.

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::{credentials::SignInDraft, object::present, problem::Problem, users::UserBrief};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{Actor, Origin},
};
use tower_sessions::Session;
use utoipa::ToSchema;

use super::{
    body::Body,
    done::{Success, success},
    extract::NoToken,
};
use crate::{cookies::cookie, response::Failure, state::CookieName};

/// Body of a sign-in.
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

/// Summary of a user's account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Who {
    pub(crate) user: UserBrief,
}

/// Sign in
///
/// The response sets the session cookie. An unknown username and a wrong password get the same response. After too many failed
/// attempts, 429 states when to try again.
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

/// Body that sets a password: with the token of a link, or in place of a temporary password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordChoice {
    /// Token of a link: the part of its URL after the last slash.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// Username, if no token is sent.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// New password; the temporary one, if no token is sent.
    password: String,
    /// New password, if no token is sent.
    #[serde(deserialize_with = "present")]
    #[schema(nullable = false)]
    new_password: Option<String>,
    /// Whether to revoke the access tokens of the account. Only with a token.
    revoke_tokens: bool,
}

/// Set a password
///
/// With the `token` of a password link, or with a valid temporary password. All sessions of the account are revoked, and none is
/// started.
#[utoipa::path(
    post,
    path = "/api/auth/password",
    tag = "Sign-in",
    request_body = PasswordChoice,
    responses((status = OK, body = Success), (status = NOT_FOUND, body = Problem)),
    security(())
)]
pub(crate) async fn choose_password(
    _: NoToken,
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    Body(body): Body<PasswordChoice>,
) -> Result<Response, Failure> {
    let PasswordChoice {
        token,
        username,
        password,
        new_password,
        revoke_tokens,
    } = body;
    match (token, username, new_password) {
        (Some(token), None, None) => {
            let choice = service::reset::Choice {
                password: &password,
                password_again: &password,
                revoke_tokens,
            };
            service::reset::choose_password(&services, &token, choice, origin).await?;
        }
        (None, Some(username), Some(chosen)) if !revoke_tokens => {
            let draft = SignInDraft {
                username,
                password,
                remember: false,
            };
            service::auth::replace_temporary(&services, draft, &chosen, origin).await?;
        }
        _ => {
            let needed =
                "Send `token` and `password`, or `username`, `password` and `newPassword`.";
            return Err(Failure::invalid(needed));
        }
    }
    Ok(success())
}

/// Sign out
///
/// Succeeds if you are signed out already.
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

/// Get the signed-in user
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
