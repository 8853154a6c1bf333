//! Responses without a resource.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

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
