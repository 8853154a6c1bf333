//! Sign-in. The refresh token is the session, and each access token a child of it that lasts half an hour.

use axum::{
    Extension, Form, Json, Router,
    extract::{State, rejection::FormRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{COOKIE, SET_COOKIE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{cookies::Cookies, credentials::SignInDraft, error::Unauthenticated, object::Object};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::Origin,
    account,
    sessions::bearer::{self, Bearer},
};

use super::{credential, types::TrackerUser};
use crate::{DialectError, JsonBody, Mount};

/// Beginning of the paths of this module. Their handlers do not take the caller of the request.
pub(super) const PATH: &str = "/api/v1/auth/";
/// Name of the cookie with the refresh token.
const REFRESH_COOKIE: &str = "refresh_token";
/// Lifetime of an access token in minutes.
const MINUTES: i64 = 30;

/// Returns the routes of sign-in.
pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/v1/auth/login", post(sign_in_by_form))
        .route("/api/v1/auth/login/json", post(sign_in_by_json))
        .route("/api/v1/auth/refresh", post(refresh))
        .route("/api/v1/auth/refresh-cookie", get(refresh_by_cookie))
}

#[derive(Deserialize)]
struct LoginForm {
    /// Email address or username.
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct LoginRequest {
    email: String,
    password: String,
}

/// Without a token the request has no credential.
#[derive(Deserialize)]
struct RefreshRequest {
    refresh_token: Option<String>,
}

/// A new access token, and its user after a sign-in with JSON.
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<TrackerUser>,
}

impl TokenResponse {
    fn new(access: &Bearer) -> Self {
        Self {
            access_token: access.token.expose_secret().to_owned(),
            token_type: "bearer",
            user: None,
        }
    }
}

async fn sign_in_by_form(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    mount: Mount,
    form: Result<Form<LoginForm>, FormRejection>,
) -> Result<Response, DialectError> {
    let Form(login) = form.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => DialectError::TooLarge,
        _ => DialectError::Malformed(rejection.body_text()),
    })?;
    let draft = SignInDraft {
        username: login.username,
        password: login.password,
        remember: false,
    };
    let session = bearer::sign_in(&services, draft, origin.clone()).await?;
    let access = child(&services, &session.token, origin).await?;
    let cookie = refresh_cookie(&services, &session.token, &mount)?;
    Ok(([(SET_COOKIE, cookie)], Json(TokenResponse::new(&access))).into_response())
}

async fn sign_in_by_json(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    mount: Mount,
    JsonBody(Object(login)): JsonBody<Object<LoginRequest>>,
) -> Result<Response, DialectError> {
    let draft = SignInDraft {
        username: login.email,
        password: login.password,
        remember: false,
    };
    let session = bearer::sign_in(&services, draft, origin.clone()).await;
    let session = session.map_err(|error| match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|field| match field {
            "username" => "email".to_owned(),
            other => other.to_owned(),
        })),
        other => other,
    })?;
    let access = child(&services, &session.token, origin.clone()).await?;
    let caller = bearer::find_caller(&services, access.token.expose_secret(), &origin).await?;
    let user = account::get(&services, &caller).await?;
    let cookie = refresh_cookie(&services, &session.token, &mount)?;
    let body = TokenResponse {
        user: Some(user.into()),
        ..TokenResponse::new(&access)
    };
    Ok(([(SET_COOKIE, cookie)], Json(body)).into_response())
}

async fn refresh(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    JsonBody(Object(body)): JsonBody<Object<RefreshRequest>>,
) -> Result<Json<TokenResponse>, DialectError> {
    refreshed(&services, body.refresh_token, origin).await
}

async fn refresh_by_cookie(
    State(services): State<Services>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Result<Json<TokenResponse>, DialectError> {
    let lines = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let token = Cookies::read(lines).get(REFRESH_COOKIE).map(str::to_owned);
    refreshed(&services, token, origin).await
}

/// Returns a new access token for a refresh token.
async fn refreshed(
    services: &Services,
    token: Option<String>,
    origin: Origin,
) -> Result<Json<TokenResponse>, DialectError> {
    let none = Error::Unauthenticated(Unauthenticated::CredentialsRequired);
    let token = SecretString::from(token.ok_or(none)?);
    let access = child(services, &token, origin).await?;
    Ok(Json(TokenResponse::new(&access)))
}

/// Creates an access token of a session.
async fn child(
    services: &Services,
    session: &SecretString,
    origin: Origin,
) -> Result<Bearer, DialectError> {
    let token = session.expose_secret();
    let started = bearer::start_child(services, token, MINUTES, origin).await;
    Ok(started.map_err(|error| {
        if bearer::is_token(token) {
            credential::ended(error)
        } else {
            error
        }
    })?)
}

/// Returns the cookie with a refresh token, for the routes of sign-in.
///
/// # Errors
/// [`DialectError::Internal`] if it is no header, which cannot happen: the characters of a token are those of a cookie.
pub(super) fn refresh_cookie(
    services: &Services,
    token: &SecretString,
    Mount(mount): &Mount,
) -> Result<HeaderValue, DialectError> {
    let seconds = services.settings.session_lifetime.as_secs();
    let secure = if services.settings.is_https() {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{REFRESH_COOKIE}={}; HttpOnly; SameSite=Lax; Path={mount}/api/v1/auth; Max-Age={seconds}{secure}",
        token.expose_secret()
    );
    HeaderValue::try_from(cookie).map_err(|_| DialectError::Internal)
}
