//! Grants of access to resources.

use axum::{Json, extract::State};
use domain::{
    object::objects,
    resources::{Grant, GrantDraft, GrantTarget},
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::{ResourcesRead, ResourcesWrite},
    resources::grants,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath},
    response::ChangeCountResponse,
    state::ApiState,
};

/// Returns the routes of grants.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_resource_grants, grant_resource_access))
        .routes(routes!(revoke_resource_access))
}

/// List the grants of a resource
///
/// To everyone, then to groups, then to users; 1,000 at most.
#[utoipa::path(
    get,
    path = "/api/admin/resources/{id}/grants",
    tag = "Resources",
    responses((status = OK, body = [Grant])),
    security(("token" = ["resources:read"]))
)]
async fn list_resource_grants(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesRead>,
    IdPath(id): IdPath,
) -> Result<Json<Vec<Grant>>, ApiError> {
    Ok(Json(grants::list(&services, &authorized, id).await?))
}

/// Names the field of the body in an error.
fn with_field(error: Error, name: &str) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|_| name.to_owned())),
        other => other,
    }
}

/// Body that grants access.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResourceGrantRequest {
    /// Grants to users, to groups and to everyone.
    #[serde(deserialize_with = "objects")]
    grants: Vec<GrantDraft>,
}

/// Grant access to a resource
///
/// Up to 1,000 grants at once. Another level replaces the present one of a subject.
#[utoipa::path(
    post,
    path = "/api/admin/resources/{id}/grants",
    tag = "Resources",
    request_body = ResourceGrantRequest,
    responses((status = OK, body = ChangeCountResponse)),
    security(("token" = ["resources:write"]))
)]
async fn grant_resource_access(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    IdPath(id): IdPath,
    Body(body): Body<ResourceGrantRequest>,
) -> Result<Json<ChangeCountResponse>, ApiError> {
    let added = grants::add(&services, &authorized, id, body.grants).await;
    let changed = added.map_err(|error| with_field(error, "grants"))?;
    Ok(Json(ChangeCountResponse::new(changed)))
}

/// Body that revokes access.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResourceRevokeRequest {
    /// Subjects of the grants.
    subjects: Vec<GrantTarget>,
}

/// Revoke access to a resource
///
/// Up to 1,000 grants at once. Subjects without a grant are left out of `changed`.
#[utoipa::path(
    post,
    path = "/api/admin/resources/{id}/grants/revoke",
    tag = "Resources",
    request_body = ResourceRevokeRequest,
    responses((status = OK, body = ChangeCountResponse)),
    security(("token" = ["resources:write"]))
)]
async fn revoke_resource_access(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    IdPath(id): IdPath,
    Body(body): Body<ResourceRevokeRequest>,
) -> Result<Json<ChangeCountResponse>, ApiError> {
    let revoked = grants::revoke(&services, &authorized, id, body.subjects).await;
    let changed = revoked.map_err(|error| with_field(error, "subjects"))?;
    Ok(Json(ChangeCountResponse::new(changed)))
}
