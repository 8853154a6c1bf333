//! Figures of the overview screen.

use axum::{Json, extract::State};
use domain::overview::Overview;
use service::{Services, access::UsersRead};

use crate::{error::ApiError, extract::Allowed};

/// Get the overview
///
/// Totals of users, their recent activity, and what needs attention.
#[utoipa::path(
    get,
    path = "/api/admin/overview",
    operation_id = "getOverview",
    tag = "Users",
    responses((status = OK, body = Overview)),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn overview(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
) -> Result<Json<Overview>, ApiError> {
    Ok(Json(
        service::overview::overview(&services, &authorized).await?,
    ))
}
