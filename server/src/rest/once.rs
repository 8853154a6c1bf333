//! Responses that are shown once.

use axum::{
    Extension,
    response::{IntoResponse, Response},
};

/// Marks a response with a secret that is not shown again: no copy is stored for repeated requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

/// Marks a response as one with a secret.
pub(crate) fn shown_once(answer: impl IntoResponse) -> Response {
    (Extension(ShownOnce), answer).into_response()
}
