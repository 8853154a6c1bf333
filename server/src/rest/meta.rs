//! What anyone may ask: whether the server works, and what it offers.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use service::Services;
use time::format_description::well_known::Rfc3339;

use super::Failure;

/// `GET /api/health`: 503 while the database cannot be reached.
pub(crate) async fn health(State(services): State<Services>) -> Result<Response, Failure> {
    service::health(&services).await?;
    let timestamp = (services.clock)().format(&Rfc3339).unwrap_or_default();
    Ok(Json(json!({ "status": "healthy", "timestamp": timestamp })).into_response())
}

/// `GET /healthz`: the process answers. Whoever restarts what is dead asks for this: a restart mends no database.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: requests can be served, so a balancer may send some; 503 while the database cannot be reached or is not of
/// this version.
pub(crate) async fn ready(State(services): State<Services>) -> Response {
    match service::schema::check(&services).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// `GET /api/config`
pub(crate) async fn config(State(services): State<Services>) -> Response {
    let allow_registration = services.settings.allow_registration;
    Json(json!({ "mode": "multi-user", "allowRegistration": allow_registration })).into_response()
}
