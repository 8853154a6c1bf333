//! Responses that the outer layers complete, such as errors and secrets that are shown once, and responses to writes.

use axum::{
    Json,
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
use serde::Serialize;
use service::Error;
use uuid::Uuid;

/// Marks the response of a handler that failed, with the problem.
#[derive(Debug, Clone)]
pub(crate) struct ProblemAnswer(pub(crate) Problem);

/// Error of a handler. The layer `error_response::explain` writes the response, because it knows the id of the request.
#[derive(Debug)]
pub(crate) struct ApiError(Problem);

impl ApiError {
    /// Creates the error of a body or a query that is not in the right format.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
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
    pub(crate) fn too_large() -> Self {
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
pub(crate) fn too_large() -> Problem {
    Problem::new(Code::PayloadTooLarge, messages::request_too_large())
}

/// Marks a response with a secret that is not shown again: no copy is stored for repeated requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

/// Marks a response as one with a secret.
pub(crate) fn shown_once(answer: impl IntoResponse) -> Response {
    (Extension(ShownOnce), answer).into_response()
}

/// Stored data in the response to a write. Only a caller who can read it sees it.
pub(crate) trait Stored: Serialize {
    /// Part that the write itself determines, such as the id.
    type Written: Serialize;

    /// Returns the part for a caller who can write the data and not read it.
    fn written(self) -> Self::Written;
}

/// Response to a write for a caller who cannot read what is stored.
#[derive(Serialize)]
pub(crate) struct IdResponse {
    id: Uuid,
}

impl IdResponse {
    /// Creates the response with an id.
    pub(crate) fn new(id: Uuid) -> Self {
        Self { id }
    }
}

/// Returns the body of a response to a write: what is stored if the caller can read it, otherwise only what was written.
pub(crate) fn written<T: Stored>(can_read: bool, stored: T) -> Response {
    if can_read {
        Json(stored).into_response()
    } else {
        Json(stored.written()).into_response()
    }
}
