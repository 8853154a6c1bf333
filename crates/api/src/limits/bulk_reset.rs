//! Resets of what several users have used.

use axum::extract::State;
use domain::{limits::LimitBulkResetRequest, users::bulk::BulkOutcome};
use service::{
    Services,
    access::{UsageWrite, UsersRead},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, error::ApiError, extract::Allowed, response::Written, state::ApiState};

/// Returns the route.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(bulk_reset_limits))
}

/// Reset the limits of several users at once
///
/// Sets to zero what each user has used of the limits of a metric, of each model; without `metric` of requests, tokens and cost. Limits
/// that a group shares stay. Without `expected` nothing is changed: the response is a preview. Without `users:read` the response has no
/// usernames.
#[utoipa::path(
    post,
    path = "/api/admin/limits/bulk/reset",
    tag = "Limits",
    request_body = LimitBulkResetRequest,
    responses((status = OK, body = BulkOutcome)),
    security(("token" = ["usage:write"]))
)]
async fn bulk_reset_limits(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsageWrite>,
    Body(request): Body<LimitBulkResetRequest>,
) -> Result<Written<BulkOutcome>, ApiError> {
    let outcome = service::limits::reset_many(&services, &authorized, request).await?;
    Ok(Written::new(outcome, authorized.includes::<UsersRead>()))
}
