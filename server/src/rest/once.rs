//! Answers that are shown once.

use axum::{
    Extension,
    response::{IntoResponse, Response},
};

/// Marks an answer with a secret in it that is shown nowhere else: no copy of it is kept to be given again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

/// Such an answer, marked.
pub(crate) fn shown_once(answer: impl IntoResponse) -> Response {
    (Extension(ShownOnce), answer).into_response()
}
