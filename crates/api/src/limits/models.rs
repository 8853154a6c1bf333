//! Models that users can use.

use axum::{Json, extract::State};
use domain::limits::{AllowedModels, AllowedModelsDraft};
use service::{
    Services,
    access::{LimitsRead, LimitsWrite},
    limits,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, UserPath},
    state::ApiState,
};

/// Returns the routes of the models of a user.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_allowed_models, put_allowed_models))
}

/// Get the models that a user can use
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/allowed-models",
    tag = "Limits",
    responses((status = OK, body = AllowedModels)),
    security(("token" = ["limits:read"]))
)]
async fn get_allowed_models(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsRead>,
    UserPath(id): UserPath,
) -> Result<Json<AllowedModels>, ApiError> {
    let models = limits::find_models(&services, &authorized, id).await?;
    Ok(Json(models))
}

/// Set the models that a user can use
///
/// `null` allows all models, an empty list none. The models of a virtual key of the user bind in addition.
#[utoipa::path(
    put,
    path = "/api/admin/users/{id}/allowed-models",
    tag = "Limits",
    request_body = AllowedModelsDraft,
    responses((status = OK, body = AllowedModels)),
    security(("token" = ["limits:write"]))
)]
async fn put_allowed_models(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsWrite>,
    UserPath(id): UserPath,
    Body(draft): Body<AllowedModelsDraft>,
) -> Result<Json<AllowedModels>, ApiError> {
    let models = limits::set_models(&services, &authorized, id, &draft).await?;
    Ok(Json(models))
}
