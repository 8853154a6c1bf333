//! Errors of handlers. An outer layer of the server writes the response, because it knows the id of the request.

use axum::{
    extract::Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    fields::FieldError,
    message::Message,
    messages,
    problem::{Code, Problem},
};
use service::Error;

/// Marks the response of a handler that failed, with the problem.
#[derive(Debug, Clone)]
pub struct ProblemAnswer(pub Problem);

/// Error of a handler.
#[derive(Debug)]
pub struct ApiError(Problem);

impl ApiError {
    /// Creates the error of a body or a query that is not in the right format.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(Problem::new(Code::ValidationError, verbatim(message)))
    }

    /// Creates the error of a field of a body that is not in the right format. The field has its name in the body.
    pub(crate) fn of_field(field: &str, code: &'static str, message: String) -> Self {
        let message = verbatim(message);
        let mut problem = Problem::new(Code::ValidationError, message.clone());
        problem.details.fields.push(FieldError {
            code: code.into(),
            ..FieldError::new(field, message)
        });
        Self(problem)
    }

    /// Creates the error of a parameter of the URL that is not in the right format.
    pub(crate) fn of_parameter(name: &str, message: impl Into<String>) -> Self {
        let mut problem = Problem::new(Code::ValidationError, verbatim(message));
        problem.details.parameter = Some(name.to_owned());
        Self(problem)
    }

    /// Creates the error of a body that is too large.
    #[must_use]
    pub fn too_large() -> Self {
        Self(too_large())
    }

    /// Replaces the code of the error.
    pub(crate) fn with_code(mut self, code: Code) -> Self {
        self.0.error = code;
        self
    }
}

/// Creates a message that only programs read, so it is not translated.
fn verbatim(text: impl Into<String>) -> Message {
    Message::verbatim(text.into())
}

/// Names the fields as in the body: services name them as forms do.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error.into_problem().with_body_names())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        // The outer layers must see that the request failed: after an error the session is not saved.
        let status = StatusCode::from_u16(self.0.error.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Extension(ProblemAnswer(self.0))).into_response()
    }
}

/// Returns the problem of a body that is too large.
#[must_use]
pub fn too_large() -> Problem {
    Problem::new(Code::PayloadTooLarge, messages::request_too_large())
}
