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
    access::{ReadAudit, WriteUsers},
};
use uuid::Uuid;

use super::{
    done::{Success, success},
    extract::{Allowed, Params, id_in},
    page::respond,
};
use crate::response::Failure;

/// Extractor of the id of a job in a path; 400 if it is not a UUID.
pub(crate) struct JobPath(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for JobPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
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
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(granted): Allowed<ReadAudit>,
    Params(params): Params<JobParams>,
) -> Result<Response, Failure> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let page = service::jobs::list(&services, &granted, &query).await?;
    Ok(respond(page.jobs, &page.place, "/api/admin/jobs", &params))
}

/// Retry a job
///
/// Queues a failed permanent deletion again.
#[utoipa::path(
    post,
    path = "/api/admin/jobs/{id}/retry",
    tag = "Jobs",
    responses((status = OK, body = Success)),
    security(("token" = ["users:write"]))
)]
pub(crate) async fn retry(
    State(services): State<Services>,
    Allowed(granted): Allowed<WriteUsers>,
    JobPath(id): JobPath,
) -> Result<Response, Failure> {
    service::jobs::retry(&services, &granted, id).await?;
    Ok(success())
}
