//! What anyone may ask: whether the server works, and what it offers.

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

use super::Failure;

/// That all is well.
#[derive(Serialize, ToSchema)]
struct Health {
    status: &'static str,
    /// The server's time.
    #[schema(format = DateTime)]
    timestamp: String,
}

/// Ask whether the service is healthy
///
/// 503 while the database cannot be reached.
#[utoipa::path(
    get,
    path = "/api/health",
    tag = "Server",
    responses((status = OK, body = Health)),
    security(())
)]
pub(crate) async fn health(State(services): State<Services>) -> Result<Response, Failure> {
    service::health(&services).await?;
    let timestamp = (services.clock)().format(&Rfc3339).unwrap_or_default();
    let status = "healthy";
    Ok(Json(Health { status, timestamp }).into_response())
}

/// Ask whether the process lives
///
/// Whoever restarts what is dead asks for this: a restart mends no database.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Server",
    responses((status = OK, body = String)),
    security(())
)]
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// Ask whether requests can be served
///
/// A balancer may then send some. 503 while the database cannot be reached or is not of this version.
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
pub(crate) async fn ready(State(services): State<Services>) -> Response {
    match service::schema::check(&services).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// What anyone may know of the installation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PublicConfig {
    /// There are always several people.
    mode: &'static str,
    /// Whether one can register.
    allow_registration: bool,
}

/// See what the service offers
///
/// Whether there are several people at all, and whether one can register.
#[utoipa::path(
    get,
    path = "/api/config",
    tag = "Server",
    responses((status = OK, body = PublicConfig)),
    security(())
)]
pub(crate) async fn config(State(services): State<Services>) -> Response {
    let allow_registration = services.settings.allow_registration;
    let mode = "multi-user";
    Json(PublicConfig {
        mode,
        allow_registration,
    })
    .into_response()
}
