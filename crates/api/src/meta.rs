//! Public information: the health of the server, and what it offers.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use service::Services;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::ApiError, state::ApiState};

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub(crate) fn probes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_liveness))
        .routes(routes!(get_readiness))
}

/// Returns the routes of public information.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_config))
}

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
    tag = "Server",
    responses((status = OK, body = HealthResponse)),
    security(())
)]
async fn get_health(State(services): State<Services>) -> Result<Json<HealthResponse>, ApiError> {
    service::health(&services).await?;
    let timestamp = (services.clock)().format(&Rfc3339).unwrap_or_default();
    let status = "healthy";
    Ok(Json(HealthResponse { status, timestamp }))
}

/// Check that the process is running
///
/// A probe for restarts. It does not depend on the database, which a restart would not repair.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Server",
    responses((status = OK, body = String)),
    security(())
)]
async fn get_liveness() -> &'static str {
    "alive\n"
}

/// Check that requests can be served
///
/// A probe for load balancers. 503 while the database cannot be reached or is not of this version.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Server",
    responses(
        (status = OK, body = String),
        (status = SERVICE_UNAVAILABLE, body = String)
    ),
    security(())
)]
async fn get_readiness(State(services): State<Services>) -> (StatusCode, &'static str) {
    match service::schema::check(&services).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
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
    tag = "Server",
    responses((status = OK, body = ConfigResponse)),
    security(())
)]
async fn get_config(State(services): State<Services>) -> Json<ConfigResponse> {
    let allow_registration = services.settings.allow_registration;
    let mode = "multi-user";
    Json(ConfigResponse {
        mode,
        allow_registration,
    })
}
