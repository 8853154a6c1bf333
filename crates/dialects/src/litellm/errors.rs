//! Errors as LiteLLM writes them: in its own form on some routes, and in that of its web framework on others.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    error::{Forbidden, Unauthenticated},
    fields::FieldErrors,
};
use serde_json::{Value, json};
use service::Error;

use crate::{DialectError, RequestInfo};

/// Error of a header `Authorization` without a key.
pub(super) const MALFORMED_KEY: Error = Error::Unauthenticated(Unauthenticated::NotAuthenticated);

/// Beginning of the texts of errors that come before a route, which have LiteLLM's own form everywhere.
const AUTHENTICATION: &str = "Authentication Error";
const NO_KEY: &str = "Authentication Error, No api key passed in.";
const MALFORMED: &str =
    "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix.";
const UNKNOWN_KEY: &str = "Authentication Error, Invalid proxy server token passed. Unable to find token in the database.";
const LEFT_TEAM: &str =
    "Authentication Error, The owner of this key is no longer a member of its team.";
const BLOCKED_KEY: &str =
    "Authentication Error, Key is blocked. Update via `/key/unblock` if you're admin.";
/// Beginnings of the paths whose errors have the form of the web framework.
const PLAIN: [&str; 9] = [
    "/user/list",
    "/user/get_users",
    "/user/delete",
    "/user/filter/ui",
    "/user/bulk_update",
    "/user/daily/activity",
    "/invitation/",
    "/onboarding/",
    "/update/internal_user_settings",
];

/// Returns an error with a text of LiteLLM.
pub(super) fn custom(status: StatusCode, text: impl Into<String>) -> DialectError {
    DialectError::Custom(status, text.into())
}

/// Returns the error of a value of a body or a query, as the validation of the web framework writes it.
pub(super) fn invalid(kind: &str, location: [&str; 2], text: &str) -> DialectError {
    let detail = json!([{ "type": kind, "loc": location, "msg": text }]);
    DialectError::Malformed(detail.to_string())
}

/// Returns an error of a service with other names of the fields.
pub(super) fn renamed(error: Error, rename: impl Fn(&str) -> String) -> DialectError {
    match error {
        Error::Invalid(fields) => Error::Invalid(fields.renamed(rename)).into(),
        other => other.into(),
    }
}

/// Writes an error.
pub(super) fn render(error: &DialectError, request: &RequestInfo) -> Response {
    let status = status_of(error);
    let mut body = match error {
        DialectError::Malformed(text) => json!({ "detail": details(text, request) }),
        DialectError::Service(Error::Invalid(fields)) => json!({ "detail": details_of(fields) }),
        DialectError::UnknownPath => json!({ "detail": "Not Found" }),
        DialectError::MethodNotAllowed => json!({ "detail": "Method Not Allowed" }),
        other => {
            let text = text_of(other);
            if is_plain(&request.path, status, &text) {
                json!({ "detail": { "error": text } })
            } else {
                let code = status.as_u16().to_string();
                let kind = kind_of(status, &text);
                json!({ "error": { "message": text, "type": kind, "param": "None", "code": code } })
            }
        }
    };
    if let (Some(id), Some(members)) = (&request.request_id, body.as_object_mut()) {
        members.insert("request_id".to_owned(), Value::from(id.as_str()));
    }
    (status, Json(body)).into_response()
}

fn status_of(error: &DialectError) -> StatusCode {
    match error {
        DialectError::Malformed(_) | DialectError::Service(Error::Invalid(_)) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        DialectError::Service(Error::Forbidden(
            Forbidden::KeyBlocked | Forbidden::KeyOwnerLeftGroup,
        )) => StatusCode::UNAUTHORIZED,
        other => other.status(),
    }
}

fn text_of(error: &DialectError) -> String {
    let text = match error {
        DialectError::Service(Error::Unauthenticated(reason)) => match reason {
            Unauthenticated::CredentialsRequired => NO_KEY,
            Unauthenticated::NotAuthenticated => MALFORMED,
            _ => UNKNOWN_KEY,
        },
        DialectError::Service(Error::Forbidden(Forbidden::KeyBlocked)) => BLOCKED_KEY,
        DialectError::Service(Error::Forbidden(Forbidden::KeyOwnerLeftGroup)) => LEFT_TEAM,
        other => return other.message().to_string(),
    };
    text.to_owned()
}

/// Returns whether an error has the form of the web framework. Errors before and outside of a route never do.
fn is_plain(path: &str, status: StatusCode, text: &str) -> bool {
    let is_of_route =
        matches!(status.as_u16(), 400..=409 | 422) && !text.starts_with(AUTHENTICATION);
    is_of_route && PLAIN.iter().any(|beginning| path.starts_with(beginning))
}

fn kind_of(status: StatusCode, text: &str) -> &'static str {
    match status {
        _ if text.starts_with(AUTHENTICATION) => "auth_error",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "auth_error",
        StatusCode::NOT_FOUND => "not_found_error",
        StatusCode::TOO_MANY_REQUESTS => "throttling_error",
        status if status.is_client_error() => "bad_request_error",
        _ => "internal_server_error",
    }
}

/// Returns the details of a body or a query that cannot be parsed.
fn details(text: &str, request: &RequestInfo) -> Value {
    if let Ok(Value::Array(details)) = serde_json::from_str(text) {
        return Value::Array(details);
    }
    let place = if request.method == "GET" {
        "query"
    } else {
        "body"
    };
    json!([{ "type": "value_error", "loc": [place], "msg": text }])
}

/// Returns the details of the errors of fields.
fn details_of(fields: &FieldErrors) -> Value {
    let details = fields.iter().map(|error| {
        let text = error.message.to_string();
        json!({ "type": "value_error", "loc": ["body", error.field], "msg": text })
    });
    Value::Array(details.collect())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::Mount;

    #[test]
    fn form_depends_on_the_route() {
        for (path, status, text, plain) in [
            ("/user/list", 403, "no", true),
            ("/user/list", 401, "Authentication Error, no", false),
            ("/user/list", 429, "slow down", false),
            ("/user/list", 503, "later", false),
            ("/user/new", 403, "no", false),
            ("/key/info", 404, "no", false),
            ("/onboarding/get_token", 401, "no", true),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(is_plain(path, status, text), plain, "{path} {status}");
        }
    }

    #[test]
    fn details_say_where_the_value_is() {
        let error = invalid("int_parsing", ["query", "page"], "no");
        let DialectError::Malformed(text) = error else {
            panic!("{error:?}");
        };
        let request = RequestInfo {
            method: Method::POST,
            path: "/".to_owned(),
            query: None,
            mount: Mount(String::new()),
            request_id: None,
        };
        let read = details(&text, &request);
        assert_eq!(read[0]["loc"], json!(["query", "page"]));
        assert_eq!(details("EOF", &request)[0]["loc"], json!(["body"]));
    }
}
