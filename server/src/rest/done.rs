//! Responses without a resource.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Response in FOVEA's format of an operation without a result.
#[derive(Serialize, ToSchema)]
pub(crate) struct Success {
    success: bool,
}

/// Returns the response of an operation that succeeded.
pub(crate) fn success() -> Response {
    Json(Success { success: true }).into_response()
}

/// Response in FOVEA's format of the deletion of a persona.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonaDeleted {
    success: bool,
    message: &'static str,
}

impl PersonaDeleted {
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
pub(crate) struct Ended {
    success: bool,
    ended: u64,
}

impl Ended {
    /// Returns the response with the number of sessions.
    pub(crate) fn answer(ended: u64) -> Response {
        let success = true;
        Json(Self { success, ended }).into_response()
    }
}
