//! The figures of the first screen.

use axum::{Json, extract::State};
use domain::overview::Overview;
use service::{Services, access::ReadUsers};

use super::{Allowed, Failure};

/// See the figures of the first screen
///
/// How many people there are, what they have been doing, and what wants attention.
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
