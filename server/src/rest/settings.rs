//! What is set on the server.

use axum::{Json, extract::State};
use domain::settings::Installation;
use service::{Services, access::ReadAudit};

use super::{Allowed, Failure};

/// See what is set
///
/// On the server that answers, with where each setting comes from, and the versions. Secrets are not shown.
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
