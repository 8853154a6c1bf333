//! Settings of the server.

use axum::{Json, extract::State};
use domain::settings::Installation;
use service::{Services, access::AuditRead};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::ApiError, extract::Allowed, state::ApiState};

/// Returns the route of the settings.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_settings))
}

/// Get the settings
///
/// Settings of the server that responds, with their sources, and the versions. Secrets are not shown.
#[utoipa::path(
    get,
    path = "/api/admin/settings",
    tag = "Server",
    responses((status = OK, body = Installation)),
    security(("token" = ["audit:read"]))
)]
async fn get_settings(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
) -> Result<Json<Installation>, ApiError> {
    Ok(Json(
        service::settings::describe(&services, &authorized).await?,
    ))
}
