//! Errors in the form of Open WebUI: an object with the member `detail`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    error::{Conflict, Entity, Forbidden, Unauthenticated},
    fields::FieldErrors,
};
use serde_json::{Value, json};
use service::Error;

use crate::{DialectError, RequestInfo};

/// Request without a token.
const NOT_AUTHENTICATED: &str = "Not authenticated";
/// Token that is not valid.
const INVALID_TOKEN: &str =
    "Your session has expired or the token is invalid. Please sign in again.";
/// Missing permission.
pub(super) const ACCESS_PROHIBITED: &str = "You do not have permission to access this resource. Please contact your administrator for assistance.";
/// Denied action.
pub(super) const ACTION_PROHIBITED: &str =
    "The requested action has been restricted as a security measure.";
/// Unknown user or group.
pub(super) const NOT_FOUND: &str = "We could not find what you're looking for :/";
/// Email address of another user.
const EMAIL_TAKEN: &str = "Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.";
/// Wrong email address or password.
const INVALID_CREDENTIALS: &str =
    "The email or password provided is incorrect. Please check for typos and try logging in again.";
/// Wrong current password.
const INCORRECT_PASSWORD: &str =
    "The password provided is incorrect. Please check for typos and try again.";
/// Text that is no email address.
pub(super) const INVALID_EMAIL: &str = "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com).";
/// Password that is too long.
const PASSWORD_TOO_LONG: &str = "Uh-oh! The password you entered is too long. Please make sure your password is less than 72 bytes long.";
/// Too many requests or attempts.
const RATE_LIMIT: &str = "API rate limit exceeded";
/// User without an API key.
pub(super) const API_KEY_NOT_FOUND: &str = "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access this feature.";
/// API key that cannot be created.
pub(super) const API_KEY_NOT_ALLOWED: &str = "API key creation is not allowed in the environment.";
/// Failure of the server.
const INTERNAL: &str = "Internal Server Error";

/// Creates an error with a text of Open WebUI.
pub(super) fn custom(status: StatusCode, text: &str) -> DialectError {
    DialectError::Custom(status, text.to_owned())
}

/// Renders an error.
pub(super) fn render(error: &DialectError, request: &RequestInfo) -> Response {
    let (status, detail) = match error {
        DialectError::Service(error) => {
            let (status, text) = of_service(error, request);
            (status, Value::String(text))
        }
        DialectError::UnknownPath => (StatusCode::NOT_FOUND, json!("Not Found")),
        DialectError::MethodNotAllowed => {
            (StatusCode::METHOD_NOT_ALLOWED, json!("Method Not Allowed"))
        }
        DialectError::Malformed(reason) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!([{ "type": "value_error", "loc": ["body"], "msg": reason, "input": null }]),
        ),
        DialectError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            json!("Request body is too large"),
        ),
        DialectError::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, json!(RATE_LIMIT)),
        DialectError::Custom(status, text) => (*status, json!(text)),
        DialectError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, json!(INTERNAL)),
    };
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// Returns the status and the text of an error of a service.
fn of_service(error: &Error, request: &RequestInfo) -> (StatusCode, String) {
    let fixed = |status: StatusCode, text: &str| (status, text.to_owned());
    match error {
        Error::Unauthenticated(Unauthenticated::InvalidCredentials) => {
            fixed(StatusCode::BAD_REQUEST, INVALID_CREDENTIALS)
        }
        Error::Unauthenticated(Unauthenticated::SessionExpired | Unauthenticated::TokenInvalid) => {
            fixed(StatusCode::UNAUTHORIZED, INVALID_TOKEN)
        }
        Error::Unauthenticated(_) => fixed(StatusCode::UNAUTHORIZED, NOT_AUTHENTICATED),
        Error::Forbidden(Forbidden::RegistrationDisabled) => {
            fixed(StatusCode::FORBIDDEN, ACCESS_PROHIBITED)
        }
        Error::Forbidden(_) | Error::OutOfScope(_) | Error::Suspended(_) => {
            fixed(StatusCode::UNAUTHORIZED, ACCESS_PROHIBITED)
        }
        Error::Denied(_) | Error::TokenNotAllowed | Error::ModelDenied(_) => {
            fixed(StatusCode::FORBIDDEN, ACTION_PROHIBITED)
        }
        Error::PasswordChangeRequired(link) => {
            let text = format!("{} {}", error.message(), link.url);
            (StatusCode::FORBIDDEN, text)
        }
        Error::CurrentPasswordRequired | Error::CurrentPasswordWrong => {
            fixed(StatusCode::BAD_REQUEST, INCORRECT_PASSWORD)
        }
        // The routes of groups answered with this status until version 0.11, and the client expects it.
        Error::NotFound(Entity::Group) => fixed(StatusCode::UNAUTHORIZED, NOT_FOUND),
        Error::NotFound(_) | Error::Conflict(Conflict::UserDeleted) => {
            fixed(StatusCode::BAD_REQUEST, NOT_FOUND)
        }
        Error::Taken(fields) if fields.get("email").is_some() => {
            fixed(StatusCode::BAD_REQUEST, EMAIL_TAKEN)
        }
        Error::Invalid(_) if request.path.ends_with("/signin") => {
            fixed(StatusCode::BAD_REQUEST, INVALID_CREDENTIALS)
        }
        Error::Taken(fields) | Error::Invalid(fields) => {
            (StatusCode::BAD_REQUEST, of_fields(fields))
        }
        Error::List(_) => (StatusCode::BAD_REQUEST, error.message().to_string()),
        Error::TooMany(_) | Error::TooManyAtOnce(_) | Error::LimitReached(_) => {
            fixed(StatusCode::TOO_MANY_REQUESTS, RATE_LIMIT)
        }
        Error::Internal(_) => fixed(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL),
        _ => {
            let status = StatusCode::from_u16(error.code().status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.message().to_string())
        }
    }
}

/// Returns the text of the first error of a form.
fn of_fields(fields: &FieldErrors) -> String {
    let Some(first) = fields.iter().next() else {
        return NOT_FOUND.to_owned();
    };
    match (first.field.as_str(), &*first.code) {
        ("email", _) => INVALID_EMAIL.to_owned(),
        ("password", "bytes_max") => PASSWORD_TOO_LONG.to_owned(),
        (field, _) => format!("{field}: {}", first.message),
    }
}
