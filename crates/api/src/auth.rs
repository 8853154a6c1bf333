//! Sign-in and sign-out.

use axum::{Extension, Json, extract::State, http::HeaderMap};
use domain::{
    credentials::SignInDraft, error::Unauthenticated, object::present, problem::Problem,
    users::UserBrief,
};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{Caller, Origin},
};
use tower_sessions::Session;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    cookies::cookie,
    error::ApiError,
    extract::NoToken,
    response::{SuccessResponse, success},
    state::{ApiState, CookieName},
};

/// Returns the routes of sign-in and sign-out.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(set_password))
        .routes(routes!(sign_out))
        .routes(routes!(get_current_user))
}

/// Body of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignInRequest {
    #[schema(min_length = 1)]
    username: String,
    #[schema(min_length = 1)]
    password: String,
    #[serde(default)]
    remember_me: bool,
}

/// Summary of a user's account.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserBriefResponse {
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
    request_body = SignInRequest,
    responses((status = OK, body = UserBriefResponse)),
    security(())
)]
async fn sign_in(
    _: NoToken,
    State(services): State<Services>,
    session: Session,
    Extension(origin): Extension<Origin>,
    Body(login): Body<SignInRequest>,
) -> Result<Json<UserBriefResponse>, ApiError> {
    let draft = SignInDraft {
        username: login.username,
        password: login.password,
        remember: login.remember_me,
    };
    let user = service::auth::sign_in(&services, &session, draft, origin).await?;
    Ok(Json(UserBriefResponse { user }))
}

/// Body that sets a password: with the token of a link, or in place of a temporary password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct PasswordSetRequest {
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
    request_body = PasswordSetRequest,
    responses((status = OK, body = SuccessResponse), (status = NOT_FOUND, body = Problem)),
    security(())
)]
async fn set_password(
    _: NoToken,
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    Body(body): Body<PasswordSetRequest>,
) -> Result<Json<SuccessResponse>, ApiError> {
    let PasswordSetRequest {
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
            return Err(ApiError::invalid(needed));
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
    responses((status = OK, body = SuccessResponse)),
    security(())
)]
async fn sign_out(_: NoToken, session: Session) -> Result<Json<SuccessResponse>, ApiError> {
    service::sessions::end(&session).await?;
    Ok(success())
}

/// Get the signed-in user
#[utoipa::path(
    get,
    path = "/api/auth/me",
    tag = "Sign-in",
    responses((status = OK, body = UserBriefResponse)),
    security(("token" = ["account"]))
)]
async fn get_current_user(
    State(CookieName(name)): State<CookieName>,
    Extension(caller): Extension<Option<Caller>>,
    headers: HeaderMap,
) -> Result<Json<UserBriefResponse>, ApiError> {
    let Some(caller) = caller else {
        let had_session = cookie(&headers, &name).is_some();
        let reason = if had_session {
            Unauthenticated::SessionExpired
        } else {
            Unauthenticated::NotAuthenticated
        };
        return Err(Error::Unauthenticated(reason).into());
    };
    caller.require_account()?;
    let user = caller.principal.brief();
    Ok(Json(UserBriefResponse { user }))
}
