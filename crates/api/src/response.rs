//! Responses to writes, secrets that are shown once, and responses without a resource.

use axum::{
    Extension, Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Response in FOVEA's format of an operation without a result.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuccessResponse {
    success: bool,
}

/// Returns the response of an operation that succeeded.
pub(crate) fn success() -> Response {
    Json(SuccessResponse { success: true }).into_response()
}

/// Response in FOVEA's format of the deletion of a persona.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonaDeleteResponse {
    success: bool,
    message: &'static str,
}

impl PersonaDeleteResponse {
    /// Returns the response of a deletion that succeeded.
    pub(crate) fn answer() -> Response {
        Json(Self {
            success: true,
            message: "Persona deleted successfully",
        })
        .into_response()
    }
}

/// Number of sessions that were revoked.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsRevokeResponse {
    success: bool,
    ended: u64,
}

impl SessionsRevokeResponse {
    /// Returns the response with the number of sessions.
    pub(crate) fn answer(ended: u64) -> Response {
        let success = true;
        Json(Self { success, ended }).into_response()
    }
}

/// Marks a response with a secret that is not shown again: no copy is stored for repeated requests.
#[derive(Debug, Clone, Copy)]
pub struct ShownOnce;

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
