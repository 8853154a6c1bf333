//! Background jobs.

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::Response,
};
use domain::{
    jobs::{Job, list::JobParams},
    list::Limits,
};
use service::{
    Error, Services,
    access::{AuditRead, UsersWrite},
};
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{Allowed, Params, id_in},
    page::respond,
    response::{SuccessResponse, success},
};

/// Extractor of the id of a job in a path; 400 if it is not a UUID.
pub(crate) struct JobPath(pub(crate) Uuid);

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
    operation_id = "listJobs",
    tag = "Jobs",
    params(JobParams),
    responses((status = OK, body = [Job])),
    security(("token" = ["audit:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    Params(params): Params<JobParams>,
) -> Result<Response, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let jobs = service::jobs::list(&services, &authorized, &query).await?;
    Ok(respond(jobs.page, "/api/admin/jobs", &params))
}

/// Retry a job
///
/// Queues a failed permanent deletion again.
#[utoipa::path(
    post,
    path = "/api/admin/jobs/{id}/retry",
    operation_id = "retryJob",
    tag = "Jobs",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn retry(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersWrite>,
    JobPath(id): JobPath,
) -> Result<Response, ApiError> {
    service::jobs::retry(&services, &authorized, id).await?;
    Ok(success())
}
