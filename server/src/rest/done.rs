//! Answers where there is nothing to show.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// FOVEA's answer where there is nothing to show.
#[derive(Serialize, ToSchema)]
pub(crate) struct Success {
    success: bool,
}

/// That it was done.
pub(crate) fn success() -> Response {
    Json(Success { success: true }).into_response()
}

/// FOVEA's answer where a persona was deleted.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonaDeleted {
    success: bool,
    message: &'static str,
}

impl PersonaDeleted {
    /// That it was deleted.
    pub(crate) fn answer() -> Response {
        Json(Self {
            success: true,
            message: "Persona deleted successfully",
        })
        .into_response()
    }
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ended {
    success: bool,
    ended: u64,
}

impl Ended {
    /// So many.
    pub(crate) fn answer(ended: u64) -> Response {
        let success = true;
        Json(Self { success, ended }).into_response()
    }
}
