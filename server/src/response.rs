//! Responses that the outer layers complete: errors, and secrets that are shown once.

use axum::{
    extract::Extension,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::problem::{Code, Problem};
use service::Error;

/// Marks the response of a handler that failed, with the problem.
#[derive(Debug, Clone)]
pub(crate) struct ProblemAnswer(pub(crate) Problem);

/// Error of a handler. The layer `error_response::explain` writes the response, because it knows the id of the request.
#[derive(Debug)]
pub(crate) struct ApiError(Problem);

impl ApiError {
    /// Creates the error of a body or a query that is not in the right format.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self(Problem::new(Code::ValidationError, message))
    }

    /// Creates the error of a field of a body that is not in the right format.
    pub(crate) fn of_field(field: &str, message: String) -> Self {
        let mut problem = Problem::new(Code::ValidationError, message.clone());
        problem.details.fields.add(field, message);
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

    /// Removes the present state of the account, for an actor without the permission to read it.
    pub(crate) fn without_current(mut self) -> Self {
        self.0.details.current = None;
        self
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error.into_problem())
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
    let message = "The request body is too large. The limit is 64 KiB, or 1 MiB for personas, ontologies and annotations.";
    Problem::new(Code::PayloadTooLarge, message)
}

/// Marks a response with a secret that is not shown again: no copy is stored for repeated requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

/// Marks a response as one with a secret.
pub(crate) fn shown_once(answer: impl IntoResponse) -> Response {
    (Extension(ShownOnce), answer).into_response()
}
