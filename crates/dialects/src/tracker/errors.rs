//! Errors as the Tracker System renders them: `detail`, a text, or a list of what is wrong with a request.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use domain::{
    error::{Entity, Forbidden, Unauthenticated},
    fields::FieldErrors,
};
use serde_json::{Value, json};
use service::Error;

use crate::DialectError;

const NO_SUCH_USER: &str = "The user with this id does not exist in the system";
const EMAIL_TAKEN: &str = "The user with this email already exists in the system.";
const WRONG_PASSWORD: &str = "Incorrect email or password";
const INACTIVE: &str = "Inactive user";
const NOT_AUTHENTICATED: &str = "Not authenticated";
const WRONG_TOKEN: &str = "Could not validate credentials";
const NO_PRIVILEGES: &str = "The user doesn't have enough privileges";

/// Renders an error.
pub(super) fn render(error: &DialectError) -> Response {
    let (status, detail) = answer(error);
    let mut response = (status, Json(json!({ "detail": detail }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    response
}

fn answer(error: &DialectError) -> (StatusCode, Value) {
    match error {
        DialectError::Service(service) => {
            let (status, detail) = of_service(service);
            (status.unwrap_or(error.status()), detail)
        }
        DialectError::UnknownPath => (error.status(), "Not Found".into()),
        DialectError::MethodNotAllowed => (error.status(), "Method Not Allowed".into()),
        DialectError::Malformed(text) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!([problem(&["body"], text)]),
        ),
        DialectError::TooLarge | DialectError::TooManyRequests { .. } => {
            (error.status(), error.message().as_str().into())
        }
        DialectError::Custom(status, text) => (*status, text.as_str().into()),
        DialectError::Internal => (error.status(), "Internal Server Error".into()),
    }
}

/// Returns the detail of an error, and its status, unless that is Rollcall's.
fn of_service(error: &Error) -> (Option<StatusCode>, Value) {
    match error {
        Error::Unauthenticated(reason) => match reason {
            Unauthenticated::InvalidCredentials => is(StatusCode::BAD_REQUEST, WRONG_PASSWORD),
            Unauthenticated::TokenInvalid => is(StatusCode::FORBIDDEN, WRONG_TOKEN),
            // The admin panel refreshes its access token after a 401.
            Unauthenticated::SessionExpired => is(StatusCode::UNAUTHORIZED, WRONG_TOKEN),
            Unauthenticated::SignInRequired
            | Unauthenticated::CredentialsRequired
            | Unauthenticated::NotAuthenticated => is(StatusCode::UNAUTHORIZED, NOT_AUTHENTICATED),
        },
        Error::Suspended(_)
        | Error::Forbidden(Forbidden::ApprovalPending | Forbidden::AccountSuspended) => {
            is(StatusCode::BAD_REQUEST, INACTIVE)
        }
        Error::Forbidden(_) | Error::OutOfScope(_) | Error::TokenNotAllowed => {
            is(StatusCode::FORBIDDEN, NO_PRIVILEGES)
        }
        Error::PasswordChangeRequired(link) => {
            let text = format!("{} {}", error.message(), link.url);
            is(StatusCode::BAD_REQUEST, &text)
        }
        Error::CurrentPasswordRequired | Error::CurrentPasswordWrong => {
            is(StatusCode::BAD_REQUEST, error.message().as_str())
        }
        Error::NotFound(Entity::User) => is(StatusCode::NOT_FOUND, NO_SUCH_USER),
        Error::Taken(errors) if errors.get("email").is_some() => {
            is(StatusCode::BAD_REQUEST, EMAIL_TAKEN)
        }
        Error::Taken(_) => is(StatusCode::BAD_REQUEST, error.message().as_str()),
        Error::Invalid(errors) => (Some(StatusCode::UNPROCESSABLE_ENTITY), problems(errors)),
        other => (None, other.message().as_str().into()),
    }
}

fn is(status: StatusCode, text: &str) -> (Option<StatusCode>, Value) {
    (Some(status), text.into())
}

/// Lists the errors of fields, each with the place of the field.
fn problems(errors: &FieldErrors) -> Value {
    let problems = errors.iter().map(|error| {
        let field = error.field.as_str();
        let place = match field {
            "user_id" | "client_id" => ["path", field],
            "skip" | "limit" => ["query", field],
            "display_name" => ["body", "name"],
            "logo_url" => ["body", "logo"],
            _ => ["body", field],
        };
        problem(&place, error.message.as_str())
    });
    problems.collect()
}

fn problem(place: &[&str], text: &str) -> Value {
    json!({ "type": "value_error", "loc": place, "msg": text })
}

#[cfg(test)]
mod tests {
    use domain::{list::ListError, message::Message, messages, policy::Denied};

    use super::*;

    fn rendered(error: Error) -> (u16, Value) {
        let (status, detail) = answer(&error.into());
        (status.as_u16(), detail)
    }

    #[test]
    fn errors_have_the_texts_of_the_system() {
        let mut taken = FieldErrors::default();
        taken.add("email", messages::email_exists());
        for (error, status, text) in [
            (
                Error::Unauthenticated(Unauthenticated::InvalidCredentials),
                400,
                "Incorrect email or password",
            ),
            (
                Error::Unauthenticated(Unauthenticated::TokenInvalid),
                403,
                "Could not validate credentials",
            ),
            (
                Error::Unauthenticated(Unauthenticated::SessionExpired),
                401,
                "Could not validate credentials",
            ),
            (
                Error::Unauthenticated(Unauthenticated::CredentialsRequired),
                401,
                "Not authenticated",
            ),
            (
                Error::Forbidden(Forbidden::AdminRequired),
                403,
                "The user doesn't have enough privileges",
            ),
            (
                Error::TokenNotAllowed,
                403,
                "The user doesn't have enough privileges",
            ),
            (
                Error::NotFound(Entity::User),
                404,
                "The user with this id does not exist in the system",
            ),
            (Error::NotFound(Entity::Client), 404, "Client not found"),
            (
                Error::Taken(taken),
                400,
                "The user with this email already exists in the system.",
            ),
        ] {
            assert_eq!(rendered(error), (status, text.into()));
        }
        let (status, _) = rendered(Error::Denied(Denied::LastAdmin));
        assert_eq!(status, 403);
        let (status, _) = rendered(Error::List(ListError::TwoCursors));
        assert!((400..500).contains(&status));
    }

    #[test]
    fn fields_are_named_with_their_places() {
        let mut errors = FieldErrors::default();
        for field in ["user_id", "limit", "display_name", "roles"] {
            errors.add(field, Message::verbatim("Wrong."));
        }
        let (status, detail) = rendered(Error::Invalid(errors));
        assert_eq!(status, 422);
        let places: Vec<&Value> = detail
            .as_array()
            .into_iter()
            .flatten()
            .map(|problem| &problem["loc"])
            .collect();
        let expected = [
            json!(["path", "user_id"]),
            json!(["query", "limit"]),
            json!(["body", "name"]),
            json!(["body", "roles"]),
        ];
        assert_eq!(places, expected.iter().collect::<Vec<_>>());
        assert_eq!(detail[0]["msg"], "Wrong.");
    }
}
