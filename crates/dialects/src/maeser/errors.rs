//! Errors as Maeser renders them: a small HTML page, or the way to the login page.

use axum::{http::StatusCode, response::Response};
use domain::error::{Entity, Forbidden};
use service::Error;

use super::html;
use crate::{DialectError, RequestInfo};

/// Text for callers without the permission.
const ADMIN_REQUIRED: &str = "Admin access is required to access this page.";
/// Text for too many requests.
const LIMIT_REACHED: &str = "Rate limit reached, please try again later";

/// Renders an error. A request without a session leads to the login page.
pub(super) fn render(error: &DialectError, request: &RequestInfo) -> Response {
    if let DialectError::Service(Error::Unauthenticated(_)) = error {
        let root = &request.mount.0;
        let query = request.query.as_ref().map(|query| format!("?{query}"));
        let query = query.unwrap_or_default();
        let next = html::encode(&format!("{root}{}{query}", request.path));
        return html::redirect(&format!("{root}/login?next={next}"));
    }
    let status = status(error);
    html::error_page(status, &text(error), request.request_id.as_deref())
}

/// Returns the status of an error: Maeser has none for conflicts and for fields that are not valid.
fn status(error: &DialectError) -> StatusCode {
    match error.status() {
        StatusCode::CONFLICT
        | StatusCode::GONE
        | StatusCode::PRECONDITION_FAILED
        | StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    }
}

fn text(error: &DialectError) -> String {
    let text = match error {
        DialectError::Service(Error::Forbidden(Forbidden::OtherSite | Forbidden::UnknownSite)) => {
            return error.message().to_string();
        }
        DialectError::Service(Error::Forbidden(_) | Error::OutOfScope(_)) => ADMIN_REQUIRED,
        DialectError::TooManyRequests { .. }
        | DialectError::Service(Error::TooMany(_) | Error::TooManyAtOnce(_)) => LIMIT_REACHED,
        DialectError::Service(Error::NotFound(Entity::Conversation)) => "Log file not found",
        DialectError::UnknownPath => {
            "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again."
        }
        DialectError::MethodNotAllowed => "The method is not allowed for the requested URL.",
        DialectError::TooLarge => "The data value transmitted exceeds the capacity limit.",
        DialectError::Internal
        | DialectError::Service(Error::Internal(_) | Error::Unavailable(_)) => {
            "The server is overloaded or there is an error in the application."
        }
        DialectError::Service(_) | DialectError::Malformed(_) | DialectError::Custom(..) => {
            return error.message().to_string();
        }
    };
    text.to_owned()
}

/// Returns an error with a text of Maeser.
pub(super) fn bad_request(text: impl Into<String>) -> DialectError {
    DialectError::Custom(StatusCode::BAD_REQUEST, text.into())
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, header};
    use domain::error::{Conflict, Unauthenticated};

    use super::*;
    use crate::Mount;

    fn request() -> RequestInfo {
        RequestInfo {
            method: Method::POST,
            mount: Mount("/compat/maeser".to_owned()),
            path: "/users/api".to_owned(),
            query: Some("a=b%20c".to_owned()),
            request_id: Some("an-id".to_owned()),
        }
    }

    #[test]
    fn anonymous_request_leads_to_login() {
        let error = Error::Unauthenticated(Unauthenticated::CredentialsRequired);
        let response = render(&error.into(), &request());
        assert_eq!(response.status(), StatusCode::FOUND);
        let location = response.headers().get(header::LOCATION).unwrap();
        assert_eq!(
            location,
            "/compat/maeser/login?next=%2Fcompat%2Fmaeser%2Fusers%2Fapi%3Fa%3Db%2520c"
        );
    }

    #[test]
    fn errors_have_the_statuses_of_maeser() {
        let forbidden = Error::Forbidden(Forbidden::AdminRequired);
        for (error, status, says) in [
            (DialectError::UnknownPath, 404, "The requested URL"),
            (DialectError::MethodNotAllowed, 405, "The method"),
            (DialectError::TooLarge, 413, "The data value"),
            (DialectError::Internal, 500, "The server"),
            (bad_request("Missing action"), 400, "Missing action"),
            (forbidden.into(), 403, ADMIN_REQUIRED),
            (
                DialectError::TooManyRequests {
                    seconds: 1,
                    limit: 1,
                },
                429,
                LIMIT_REACHED,
            ),
            (Error::Conflict(Conflict::NoBalance).into(), 400, ""),
        ] {
            assert_eq!(render(&error, &request()).status(), status, "{error:?}");
            assert!(text(&error).starts_with(says), "{error:?}");
        }
    }
}
