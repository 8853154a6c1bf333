//! Public information: the health of the server, and what it offers.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use service::Services;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use crate::error::ApiError;

/// Health of the service.
#[derive(Serialize, ToSchema)]
struct HealthResponse {
    status: &'static str,
    /// Time of the server.
    #[schema(format = DateTime)]
    timestamp: String,
}

/// Check the health of the service
///
/// 503 while the database cannot be reached.
#[utoipa::path(
    get,
    path = "/api/health",
    operation_id = "getHealth",
    tag = "Server",
    responses((status = OK, body = HealthResponse)),
    security(())
)]
pub(crate) async fn health(State(services): State<Services>) -> Result<Response, ApiError> {
    service::health(&services).await?;
    let timestamp = (services.clock)().format(&Rfc3339).unwrap_or_default();
    let status = "healthy";
    Ok(Json(HealthResponse { status, timestamp }).into_response())
}

/// Check that the process is running
///
/// A probe for restarts. It does not depend on the database, which a restart would not repair.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getLiveness",
    tag = "Server",
    responses((status = OK, body = String)),
    security(())
)]
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// Check that requests can be served
///
/// A probe for load balancers. 503 while the database cannot be reached or is not of this version.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "getReadiness",
    tag = "Server",
    responses(
        (status = OK, body = String),
        (status = SERVICE_UNAVAILABLE, body = String)
    ),
    security(())
)]
pub(crate) async fn ready(State(services): State<Services>) -> Response {
    match service::schema::check(&services).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// Public settings of the installation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConfigResponse {
    /// Always `multi-user`.
    mode: &'static str,
    /// Whether registration is open.
    allow_registration: bool,
}

/// Get the public settings
///
/// The mode of the service, and whether registration is open.
#[utoipa::path(
    get,
    path = "/api/config",
    operation_id = "getConfig",
    tag = "Server",
    responses((status = OK, body = ConfigResponse)),
    security(())
)]
pub(crate) async fn config(State(services): State<Services>) -> Response {
    let allow_registration = services.settings.allow_registration;
    let mode = "multi-user";
    Json(ConfigResponse {
        mode,
        allow_registration,
    })
    .into_response()
}
