//! Settings of the server.

use axum::{Json, extract::State};
use domain::settings::Installation;
use service::{Services, access::AuditRead};

use crate::{error::ApiError, extract::Allowed};

/// Get the settings
///
/// Settings of the server that responds, with their sources, and the versions. Secrets are not shown.
#[utoipa::path(
    get,
    path = "/api/admin/settings",
    operation_id = "getSettings",
    tag = "Server",
    responses((status = OK, body = Installation)),
    security(("token" = ["audit:read"]))
)]
pub(crate) async fn settings(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
) -> Result<Json<Installation>, ApiError> {
    Ok(Json(
        service::settings::describe(&services, &authorized).await?,
    ))
}
