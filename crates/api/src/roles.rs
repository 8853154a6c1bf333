//! Roles: the list, single roles and their changes.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    roles::{Role, RoleDeletion, RoleDraft, RoleEdit},
    users::detail::GrantableRole,
};
use serde::Deserialize;
use service::{
    Services,
    access::{RolesRead, RolesWrite, UsersRead},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params},
    file::{Download, ExportParams, format_of_rows},
    if_match::IfMatch,
    response::{
        Created, DeletionResponse, Stored, VersionResponse, Versioned, Written, deleted, written,
    },
    site::FromThisSite,
    state::ApiState,
};

/// Path of the list.
const PATH: &str = "/api/admin/roles";

/// Returns the routes of roles.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, create_role))
        .routes(routes!(export_roles))
        .routes(routes!(list_assignable_roles))
        .routes(routes!(get_role, update_role, delete_role))
        .routes(routes!(clone_role))
        .routes(routes!(preview_role_deletion))
}

impl Stored for Role {
    type Written = VersionResponse<Uuid>;

    fn written(self) -> VersionResponse<Uuid> {
        VersionResponse::new(self.id, self.version)
    }
}

/// List roles
///
/// All roles with their permissions, the most powerful first.
#[utoipa::path(
    get,
    path = "/api/admin/roles",
    tag = "Roles",
    responses((status = OK, body = [Role])),
    security(("token" = ["roles:read"]))
)]
async fn list_roles(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesRead>,
) -> Result<Json<Vec<Role>>, ApiError> {
    Ok(Json(service::roles::list(&services, &authorized).await?))
}

/// Download roles
///
/// All roles, the most powerful first: as CSV with the permissions separated by spaces, or as one JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/roles/export",
    tag = "Roles",
    params(ExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["roles:read"]))
)]
async fn export_roles(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesRead>,
    _: FromThisSite,
    Params(asked): Params<ExportParams>,
) -> Result<Download, ApiError> {
    let format = format_of_rows(&asked.format)?;
    let pieces = service::roles::export(&services, &authorized, format).await?;
    Ok(Download::of_rows(pieces, format, "roles"))
}

/// List roles that can be assigned
///
/// Most powerful first, each with the reason if the caller cannot assign it.
#[utoipa::path(
    get,
    path = "/api/admin/roles/assignable",
    tag = "Roles",
    responses((status = OK, body = [GrantableRole])),
    security(("token" = ["users:read"]))
)]
async fn list_assignable_roles(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
) -> Result<Json<Vec<GrantableRole>>, ApiError> {
    let roles = service::users::grantable_roles(&services, &authorized).await?;
    Ok(Json(roles))
}

/// Create a role
///
/// Its permissions and its rank are within those of the caller. Without `roles:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/roles",
    tag = "Roles",
    request_body = RoleDraft,
    responses((status = CREATED, body = Role, headers(("Location" = String, description = "URL of the role")))),
    security(("token" = ["roles:write"]))
)]
async fn create_role(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesWrite>,
    Body(draft): Body<RoleDraft>,
) -> Result<Created<Versioned<Written<Role>>>, ApiError> {
    let role = service::roles::create(&services, &authorized, draft).await?;
    let location = format!("{PATH}/{}", role.id);
    Ok(Created::new(written(&authorized, role.version, role)).at(location))
}

/// Get a role
#[utoipa::path(
    get,
    path = "/api/admin/roles/{id}",
    tag = "Roles",
    responses((status = OK, body = Role)),
    security(("token" = ["roles:read"]))
)]
async fn get_role(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesRead>,
    IdPath(id): IdPath,
) -> Result<Versioned<Json<Role>>, ApiError> {
    let role = service::roles::find(&services, &authorized, id).await?;
    Ok(Versioned {
        version: role.version,
        body: Json(role),
    })
}

/// Change a role
///
/// Absent fields stay unchanged, `null` removes a label. Neither the present role nor the changed one has a permission or a rank
/// above those of the caller. Without `roles:read` the response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/roles/{id}",
    tag = "Roles",
    params(IfMatch),
    request_body = RoleEdit,
    responses((status = OK, body = Role)),
    security(("token" = ["roles:write"]))
)]
async fn update_role(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
    Body(edit): Body<RoleEdit>,
) -> Result<Versioned<Written<Role>>, ApiError> {
    let edited = service::roles::edit(&services, &authorized, if_match.target(id), edit).await;
    let role = if_match.check(edited)?;
    Ok(written(&authorized, role.version, role))
}

/// Delete a role
///
/// It is revoked from its users. Built-in roles cannot be deleted. A role of more than 5,000 users loses its permissions at once, and is
/// then deleted by a job: the status is 202.
#[utoipa::path(
    delete,
    path = "/api/admin/roles/{id}",
    tag = "Roles",
    params(IfMatch),
    responses((status = OK, body = DeletionResponse), (status = ACCEPTED, body = DeletionResponse)),
    security(("token" = ["roles:write"]))
)]
async fn delete_role(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
) -> Result<(StatusCode, Json<DeletionResponse>), ApiError> {
    let job = service::roles::delete(&services, &authorized, if_match.target(id), None).await;
    Ok(deleted(if_match.check(job)?))
}

/// Body that names the copy of a role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleCloneRequest {
    name: String,
}

/// Clone a role
///
/// The copy has the permissions, the description and the rank of the role, and no users. Without `roles:read` the response has only
/// the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/roles/{id}/clone",
    tag = "Roles",
    request_body = RoleCloneRequest,
    responses((status = CREATED, body = Role, headers(("Location" = String, description = "URL of the copy")))),
    security(("token" = ["roles:write"]))
)]
async fn clone_role(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesWrite>,
    IdPath(id): IdPath,
    Body(RoleCloneRequest { name }): Body<RoleCloneRequest>,
) -> Result<Created<Versioned<Written<Role>>>, ApiError> {
    let role = service::roles::clone(&services, &authorized, id, name).await?;
    let location = format!("{PATH}/{}", role.id);
    Ok(Created::new(written(&authorized, role.version, role)).at(location))
}

/// Preview the deletion of a role
///
/// Number of users who lose the role, and the permissions that they lose with it.
#[utoipa::path(
    get,
    path = "/api/admin/roles/{id}/deletion-preview",
    tag = "Roles",
    responses((status = OK, body = RoleDeletion)),
    security(("token" = ["roles:read"]))
)]
async fn preview_role_deletion(
    State(services): State<Services>,
    Allowed(authorized): Allowed<RolesRead>,
    IdPath(id): IdPath,
) -> Result<Json<RoleDeletion>, ApiError> {
    let deletion = service::roles::preview_deletion(&services, &authorized, id).await?;
    Ok(Json(deletion))
}
