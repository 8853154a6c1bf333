//! Figures of the overview screen.

use axum::{Json, extract::State};
use domain::overview::Overview;
use service::{Services, access::UsersRead};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::ApiError, extract::Allowed, state::ApiState};

/// Returns the route of the overview.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_overview))
}

/// Get the overview
///
/// Totals of users, their recent activity, and what needs attention.
#[utoipa::path(
    get,
    path = "/api/admin/overview",
    tag = "Users",
    responses((status = OK, body = Overview)),
    security(("token" = ["users:read"]))
)]
async fn get_overview(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
) -> Result<Json<Overview>, ApiError> {
    Ok(Json(
        service::overview::overview(&services, &authorized).await?,
    ))
}
