//! Settings of the server.

use axum::{Json, extract::State};
use domain::settings::Installation;
use service::{Services, access::ReadAudit};

use super::extract::Allowed;
use crate::response::Failure;

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
pub(crate) async fn settings(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
) -> Result<Json<Installation>, Failure> {
    Ok(Json(
        service::settings::describe(&services, &granted).await?,
    ))
}
