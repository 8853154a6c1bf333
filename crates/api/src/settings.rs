//! Settings of the server, and its dialects.

use axum::{Json, extract::State};
use domain::{dialects::DialectState, settings::Installation};
use service::{Services, access::AuditRead};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::ApiError, extract::Allowed, state::ApiState};

/// Returns the routes of the settings.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_settings))
        .routes(routes!(list_dialects))
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

/// List dialects
///
/// APIs of other systems that this version has: where the server that responds offers them, and when one was last used with a valid
/// credential on any server.
#[utoipa::path(
    get,
    path = "/api/admin/dialects",
    tag = "Server",
    responses((status = OK, body = [DialectState])),
    security(("token" = ["audit:read"]))
)]
async fn list_dialects(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
) -> Result<Json<Vec<DialectState>>, ApiError> {
    Ok(Json(service::dialects::list(&services, &authorized).await?))
}
