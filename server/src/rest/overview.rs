//! Figures of the overview screen.

use axum::{Json, extract::State};
use domain::overview::Overview;
use service::{Services, access::ReadUsers};

use super::extract::Allowed;
use crate::response::Failure;

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
pub(crate) async fn overview(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadUsers>,
) -> Result<Json<Overview>, Failure> {
    Ok(Json(
        service::overview::overview(&services, &granted).await?,
    ))
}
