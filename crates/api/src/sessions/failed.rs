//! Failed sign-ins.

use axum::extract::State;
use domain::{
    list::Limits,
    sessions::failed::{FailedParams, FailedSignIns},
};
use service::{Error, Services, access::SessionsRead, failed_sign_ins};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params},
    page::PageResponse,
    state::ApiState,
};

/// Returns the route of failed sign-ins.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_failed_sign_ins))
}

/// List failed sign-ins
///
/// Those of the last 30 days, by account or by IP address, latest first. They appear within seconds. A username that does not
/// exist is not stored, because it may be a password typed into the wrong field.
#[utoipa::path(
    get,
    path = "/api/admin/sessions/failed",
    tag = "Sessions",
    params(FailedParams),
    responses((status = OK, body = [FailedSignIns])),
    security(("token" = ["sessions:read"]))
)]
async fn list_failed_sign_ins(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsRead>,
    Params(params): Params<FailedParams>,
) -> Result<PageResponse<FailedSignIns>, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let failed = failed_sign_ins::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(
        failed.page,
        "/api/admin/sessions/failed",
        &params,
    ))
}
