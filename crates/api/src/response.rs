//! Responses to writes, secrets that are shown once, and responses without a resource.

use axum::{
    Extension, Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use service::access::{Authorized, RequiredPermission};
use utoipa::ToSchema;
use uuid::Uuid;

/// Response in FOVEA's format of an operation without a result.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuccessResponse {
    success: bool,
}

/// Returns the response of an operation that succeeded.
pub(crate) fn success() -> Json<SuccessResponse> {
    Json(SuccessResponse { success: true })
}

/// Response to a deletion, which is complete or continued by a job.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletionResponse {
    success: bool,
    /// The id of the job, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    job_id: Option<Uuid>,
}

/// Returns the response to a deletion, with the id of the job that continues it.
pub(crate) fn deleted(job_id: Option<Uuid>) -> (StatusCode, Json<DeletionResponse>) {
    let status = match job_id {
        Some(_) => StatusCode::ACCEPTED,
        None => StatusCode::OK,
    };
    let success = true;
    (status, Json(DeletionResponse { success, job_id }))
}

/// Number of sessions that were revoked.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionRevokeResponse {
    success: bool,
    ended: u64,
}

impl SessionRevokeResponse {
    /// Creates the response with the number of sessions.
    pub(crate) fn new(ended: u64) -> Self {
        let success = true;
        Self { success, ended }
    }
}

/// Response to a creation, with the URL of what was created if it has one.
pub(crate) struct Created<T> {
    body: T,
    location: Option<String>,
}

impl<T> Created<T> {
    /// Creates the response with a body.
    pub(crate) fn new(body: T) -> Self {
        let location = None;
        Self { body, location }
    }

    /// Adds the URL of what was created.
    pub(crate) fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, self.body).into_response();
        let location = self.location.map(HeaderValue::try_from);
        if let Some(Ok(location)) = location {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// Response with the version of an object as its `ETag`, for conditional changes.
pub(crate) struct Versioned<T> {
    /// Body of the response.
    pub(crate) body: T,
    /// Version of the object.
    pub(crate) version: i32,
}

impl<T: IntoResponse> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = self.body.into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// Marks a response with a secret that is not shown again: no copy is stored for repeated requests.
#[derive(Debug, Clone, Copy)]
pub struct HasSecret;

/// Response with a secret that is not shown again.
pub(crate) struct ShownOnce<T>(pub(crate) T);

impl<T: IntoResponse> IntoResponse for ShownOnce<T> {
    fn into_response(self) -> Response {
        (Extension(HasSecret), self.0).into_response()
    }
}

/// Stored data in the response to a write. Only a caller who can read it sees it.
pub(crate) trait Stored: Serialize {
    /// Part that the write itself determines, such as the id.
    type Written: Serialize;

    /// Returns the part for a caller who can write the data and not read it.
    fn written(self) -> Self::Written;

    /// Returns whether the data has a secret that is not shown again.
    fn has_secret(&self) -> bool {
        false
    }
}

/// Response to a write: what is stored if the caller can read it, otherwise only what was written.
pub(crate) struct Written<T> {
    stored: T,
    can_read: bool,
}

impl<T: Stored> Written<T> {
    /// Creates the response with what is stored, for a caller who can read it or not.
    pub(crate) fn new(stored: T, can_read: bool) -> Self {
        Self { stored, can_read }
    }
}

impl<T: Stored> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let Self { stored, can_read } = self;
        let secret = stored.has_secret().then_some(Extension(HasSecret));
        let body = if can_read {
            Json(stored).into_response()
        } else {
            Json(stored.written()).into_response()
        };
        match secret {
            Some(secret) => (secret, body).into_response(),
            None => body,
        }
    }
}

/// Returns the response to a write of an object with a version.
pub(crate) fn written<W: RequiredPermission, T: Stored>(
    actor: &Authorized<W>,
    version: i32,
    stored: T,
) -> Versioned<Written<T>> {
    Versioned {
        body: Written::new(stored, actor.can_read()),
        version,
    }
}

/// Response to a write of an object with a version, for a caller who cannot read it.
#[derive(Serialize)]
pub(crate) struct VersionResponse<I> {
    id: I,
    version: i32,
}

impl<I> VersionResponse<I> {
    /// Creates the response with an id and a version.
    pub(crate) fn new(id: I, version: i32) -> Self {
        Self { id, version }
    }
}

/// Number of objects that were changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeCountResponse {
    changed: u64,
}

impl ChangeCountResponse {
    /// Creates the response with the number of objects.
    pub(crate) fn new(changed: u64) -> Self {
        Self { changed }
    }
}

/// Response to a write for a caller who cannot read what is stored.
#[derive(Serialize)]
pub(crate) struct IdResponse {
    id: Uuid,
}

impl IdResponse {
    /// Creates the response with an id.
    pub(crate) fn new(id: Uuid) -> Self {
        Self { id }
    }
}
