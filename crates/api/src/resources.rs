//! Resources of the host application: storing, the list, single resources and their changes. Grants to them are in [`grants`].

mod export;
mod grants;

use axum::{Json, extract::State};
use domain::{
    fields::field_path,
    list::Limits,
    object::{objects, present},
    problem::Problem,
    resources::{
        Resource, ResourceDeletion, ResourceDraft, ResourceEdit, ResourceListParams, StoreOutcome,
    },
};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::{ResourcesRead, ResourcesWrite},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params},
    if_match::IfMatch,
    page::PageResponse,
    response::{Stored, SuccessResponse, VersionResponse, Versioned, Written, success, written},
    state::ApiState,
};

/// Path of the list.
const PATH: &str = "/api/admin/resources";

/// Returns the routes of resources that take no body.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(preview_resource_deletion))
        .merge(export::routes())
}

/// Returns the other routes of resources, with long bodies.
pub(crate) fn large_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_resources, store_resources))
        .routes(routes!(transfer_resources))
        .routes(routes!(get_resource, update_resource, delete_resource))
        .merge(grants::routes())
}

impl Stored for Resource {
    type Written = VersionResponse<Uuid>;

    fn written(self) -> VersionResponse<Uuid> {
        VersionResponse::new(self.id, self.version)
    }
}

/// List resources
///
/// First created first.
#[utoipa::path(
    get,
    path = "/api/admin/resources",
    tag = "Resources",
    params(ResourceListParams),
    responses((status = OK, body = [Resource])),
    security(("token" = ["resources:read"]))
)]
async fn list_resources(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesRead>,
    Params(params): Params<ResourceListParams>,
) -> Result<PageResponse<Resource>, ApiError> {
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let resources = service::resources::list_matching(&services, &authorized, &query).await?;
    Ok(PageResponse::new(resources.page, PATH, &params))
}

/// Body that stores resources.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResourcesStoreRequest {
    /// Resources, each of them once.
    #[serde(deserialize_with = "objects")]
    resources: Vec<ResourceDraft>,
}

/// Store resources
///
/// Creates and changes up to 1,000 resources by `kind` and `externalId`; all of them, or none. Fields that are left out stay as they are.
#[utoipa::path(
    post,
    path = "/api/admin/resources",
    tag = "Resources",
    request_body = ResourcesStoreRequest,
    responses((status = OK, body = StoreOutcome)),
    security(("token" = ["resources:write"]))
)]
async fn store_resources(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    Body(ResourcesStoreRequest { resources }): Body<ResourcesStoreRequest>,
) -> Result<Json<StoreOutcome>, ApiError> {
    let outcome = service::resources::store(&services, &authorized, resources).await;
    Ok(Json(outcome.map_err(with_paths)?))
}

/// Names the fields of the resources by their paths in the body.
fn with_paths(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|field| {
            if field.starts_with("resources") {
                field.to_owned()
            } else {
                field_path(["resources", field])
            }
        })),
        other => other,
    }
}

/// Body that transfers the resources of a user to another one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResourcesTransferRequest {
    /// Id of the present owner.
    from: Uuid,
    /// Id of the next owner.
    to: Uuid,
    /// Expected number of resources. If there are more or fewer, nothing is done.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    resources: Option<u64>,
}

/// Result of a transfer.
#[derive(Serialize, ToSchema)]
struct ResourcesTransferResponse {
    success: bool,
    /// Number of resources that were transferred.
    resources: u64,
}

/// Transfer the resources of a user to another user
#[utoipa::path(
    post,
    path = "/api/admin/resources/transfer",
    tag = "Resources",
    request_body = ResourcesTransferRequest,
    responses((status = OK, body = ResourcesTransferResponse), (status = NOT_FOUND, body = Problem)),
    security(("token" = ["resources:write"]))
)]
async fn transfer_resources(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    Body(body): Body<ResourcesTransferRequest>,
) -> Result<Json<ResourcesTransferResponse>, ApiError> {
    let owners = (body.from, body.to);
    let resources =
        service::resources::transfer(&services, &authorized, owners, body.resources).await?;
    let success = true;
    Ok(Json(ResourcesTransferResponse { success, resources }))
}

/// Get a resource
#[utoipa::path(
    get,
    path = "/api/admin/resources/{id}",
    tag = "Resources",
    responses((status = OK, body = Resource)),
    security(("token" = ["resources:read"]))
)]
async fn get_resource(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesRead>,
    IdPath(id): IdPath,
) -> Result<Versioned<Json<Resource>>, ApiError> {
    let resource = service::resources::find(&services, &authorized, id).await?;
    Ok(Versioned {
        version: resource.version,
        body: Json(resource),
    })
}

/// Change a resource
///
/// Absent fields stay unchanged, `null` removes the owner or the client. Without `resources:read` the response has only the id and
/// the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/resources/{id}",
    tag = "Resources",
    params(IfMatch),
    request_body = ResourceEdit,
    responses((status = OK, body = Resource)),
    security(("token" = ["resources:write"]))
)]
async fn update_resource(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
    Body(edit): Body<ResourceEdit>,
) -> Result<Versioned<Written<Resource>>, ApiError> {
    let edited = service::resources::edit(&services, &authorized, if_match.target(id), edit).await;
    let resource = if_match.check(edited)?;
    Ok(written(&authorized, resource.version, resource))
}

/// Delete a resource
///
/// Its grants are deleted as well.
#[utoipa::path(
    delete,
    path = "/api/admin/resources/{id}",
    tag = "Resources",
    params(IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["resources:write"]))
)]
async fn delete_resource(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
) -> Result<Json<SuccessResponse>, ApiError> {
    let target = if_match.target(id);
    let deleted = service::resources::delete(&services, &authorized, target, None).await;
    if_match.check(deleted)?;
    Ok(success())
}

/// Preview the deletion of a resource
///
/// Numbers of users and groups that lose their grants.
#[utoipa::path(
    get,
    path = "/api/admin/resources/{id}/deletion-preview",
    tag = "Resources",
    responses((status = OK, body = ResourceDeletion)),
    security(("token" = ["resources:read"]))
)]
async fn preview_resource_deletion(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ResourcesRead>,
    IdPath(id): IdPath,
) -> Result<Json<ResourceDeletion>, ApiError> {
    let deletion = service::resources::preview_deletion(&services, &authorized, id).await?;
    Ok(Json(deletion))
}
