//! Background jobs.

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use domain::{
    jobs::{Job, list::JobParams},
    list::Limits,
};
use service::{
    Error, Services,
    access::{AuditRead, UsersWrite},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{Allowed, Params, id_in},
    page::PageResponse,
    response::{SuccessResponse, success},
    state::ApiState,
};

/// Returns the routes of jobs.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs))
        .routes(routes!(retry_job))
}

/// Extractor of the id of a job in a path; 400 if it is not a UUID.
struct JobPath(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for JobPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        id_in(parts, state, "jobId").await.map(Self)
    }
}

/// List jobs
///
/// Jobs in progress first, then the newest.
#[utoipa::path(
    get,
    path = "/api/admin/jobs",
    tag = "Jobs",
    params(JobParams),
    responses((status = OK, body = [Job])),
    security(("token" = ["audit:read"]))
)]
async fn list_jobs(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    Params(params): Params<JobParams>,
) -> Result<PageResponse<Job>, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let jobs = service::jobs::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(jobs.page, "/api/admin/jobs", &params))
}

/// Retry a job
///
/// Queues a failed permanent deletion again.
#[utoipa::path(
    post,
    path = "/api/admin/jobs/{id}/retry",
    tag = "Jobs",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
async fn retry_job(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    JobPath(id): JobPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    service::jobs::retry(&services, &authorized, id).await?;
    Ok(success())
}
