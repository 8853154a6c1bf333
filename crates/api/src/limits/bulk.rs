//! Limits of several users at once.

use axum::extract::State;
use domain::{fields::field_path, limits::LimitBulkRequest, users::bulk::BulkOutcome};
use service::{
    Error, Services,
    access::{LimitsWrite, UsersRead},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, error::ApiError, extract::Allowed, response::Written, state::ApiState};

/// Returns the route.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(bulk_update_limits))
}

/// Set the limits of several users at once
///
/// Creates or replaces the limit of each user for a metric and a model. With `null` as `limit` the limits of the users' own are deleted,
/// so that the next one decides. Without `expected` nothing is changed: the response is a preview. Without `users:read` the response has
/// no usernames.
#[utoipa::path(
    post,
    path = "/api/admin/limits/bulk",
    tag = "Limits",
    request_body = LimitBulkRequest,
    responses((status = OK, body = BulkOutcome)),
    security(("token" = ["limits:write"]))
)]
async fn bulk_update_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<LimitsWrite>,
    Body(request): Body<LimitBulkRequest>,
) -> Result<Written<BulkOutcome>, ApiError> {
    let outcome = service::limits::put_many(&services, &authorized, request).await;
    let outcome = outcome.map_err(with_paths)?;
    Ok(Written::new(outcome, authorized.includes::<UsersRead>()))
}

/// Names the fields of the limit by their paths in the body.
fn with_paths(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|field| match field {
            "users" | "metric" | "model" => field.to_owned(),
            value => field_path(["limit", value]),
        })),
        other => other,
    }
}
