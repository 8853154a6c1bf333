//! Groups: the list, single groups and their changes. Their members are in [`members`].

mod links;
mod members;

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    groups::{GROUPS_ORDER, Group, GroupDeletion, GroupDraft, GroupEdit, GroupSummary},
    list::{Limits, SearchParams},
};
use service::{
    Error, Services,
    access::{GroupsRead, GroupsWrite},
    groups::GroupActor,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params, SignedIn, UserPath},
    file::{Download, SearchExportParams, format_of_rows},
    if_match::IfMatch,
    page::PageResponse,
    response::{
        Created, DeletionResponse, Stored, VersionResponse, Versioned, Written, deleted, written,
    },
    site::FromThisSite,
    state::ApiState,
};

/// Path of the list.
const PATH: &str = "/api/admin/groups";

/// Returns the routes of groups without [`large_routes`].
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(export_groups))
        .routes(routes!(preview_group_deletion))
        .routes(routes!(list_user_groups))
        .merge(links::routes())
}

/// Returns the other routes of groups, with long bodies: lists of features, whose number has no limit, and of members.
pub(crate) fn large_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_groups, create_group))
        .routes(routes!(get_group, update_group, delete_group))
        .merge(members::routes())
}

impl Stored for Group {
    type Written = VersionResponse<Uuid>;

    fn written(self) -> VersionResponse<Uuid> {
        VersionResponse::new(self.id, self.version)
    }
}

/// List groups
///
/// By name. A user with a session and without `groups:read` gets the groups that the user manages, and 403 without any.
#[utoipa::path(
    get,
    path = "/api/admin/groups",
    tag = "Groups",
    params(SearchParams),
    responses((status = OK, body = [GroupSummary])),
    security(("token" = ["groups:read"]))
)]
async fn list_groups(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Params(params): Params<SearchParams>,
) -> Result<PageResponse<GroupSummary>, ApiError> {
    let query = params
        .parse(Limits::API, GROUPS_ORDER)
        .map_err(Error::from)?;
    let groups = service::groups::list_visible(&services, &caller, &query).await?;
    Ok(PageResponse::new(groups.page, PATH, &params))
}

/// Download groups
///
/// All matching groups by name: as CSV, or as one JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/groups/export",
    tag = "Groups",
    params(SearchExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["groups:read"]))
)]
async fn export_groups(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsRead>,
    _: FromThisSite,
    Params(asked): Params<SearchExportParams>,
) -> Result<Download, ApiError> {
    let format = format_of_rows(&asked.format)?;
    let pieces = service::groups::export(&services, &authorized, &asked.search(), format).await?;
    Ok(Download::of_rows(pieces, format, "groups"))
}

/// List the groups of a user
///
/// By name.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/groups",
    tag = "Groups",
    params(SearchParams),
    responses((status = OK, body = [GroupSummary])),
    security(("token" = ["groups:read"]))
)]
async fn list_user_groups(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsRead>,
    UserPath(user): UserPath,
    Params(params): Params<SearchParams>,
) -> Result<PageResponse<GroupSummary>, ApiError> {
    let query = params
        .parse(Limits::API, GROUPS_ORDER)
        .map_err(Error::from)?;
    let groups = service::groups::list_of(&services, &authorized, user, &query).await?;
    let path = format!("/api/admin/users/{user}/groups");
    Ok(PageResponse::new(groups.page, &path, &params))
}

/// Create a group
///
/// It has no members. Without `groups:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/groups",
    tag = "Groups",
    request_body = GroupDraft,
    responses((status = CREATED, body = Group, headers(("Location" = String, description = "URL of the group")))),
    security(("token" = ["groups:write"]))
)]
async fn create_group(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsWrite>,
    Body(draft): Body<GroupDraft>,
) -> Result<Created<Versioned<Written<Group>>>, ApiError> {
    let group = service::groups::create(&services, &authorized, draft).await?;
    let location = format!("{PATH}/{}", group.id);
    Ok(Created::new(written(&authorized, group.version, group)).at(location))
}

/// Get a group
///
/// Also for a user with a session who manages the group.
#[utoipa::path(
    get,
    path = "/api/admin/groups/{id}",
    tag = "Groups",
    responses((status = OK, body = Group)),
    security(("token" = ["groups:read"]))
)]
async fn get_group(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
) -> Result<Versioned<Json<Group>>, ApiError> {
    let actor = GroupActor::reader(&caller)?;
    let group = service::groups::find(&services, &actor, id).await?;
    Ok(Versioned {
        version: group.version,
        body: Json(group),
    })
}

/// Change a group
///
/// Absent fields stay unchanged, `null` removes a value. `features` has all features that the members have. Without `groups:read` the
/// response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/groups/{id}",
    tag = "Groups",
    params(IfMatch),
    request_body = GroupEdit,
    responses((status = OK, body = Group)),
    security(("token" = ["groups:write"]))
)]
async fn update_group(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
    Body(edit): Body<GroupEdit>,
) -> Result<Versioned<Written<Group>>, ApiError> {
    let edited = service::groups::edit(&services, &authorized, if_match.target(id), edit).await;
    let group = if_match.check(edited)?;
    Ok(written(&authorized, group.version, group))
}

/// Delete a group
///
/// Its members lose the features and the access that they have through it. A group with more than 5,000 members and grants loses its
/// features at once, and is then deleted by a job: the status is 202.
#[utoipa::path(
    delete,
    path = "/api/admin/groups/{id}",
    tag = "Groups",
    params(IfMatch),
    responses((status = OK, body = DeletionResponse), (status = ACCEPTED, body = DeletionResponse)),
    security(("token" = ["groups:write"]))
)]
async fn delete_group(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsWrite>,
    IdPath(id): IdPath,
    if_match: IfMatch,
) -> Result<(StatusCode, Json<DeletionResponse>), ApiError> {
    let job = service::groups::delete(&services, &authorized, if_match.target(id), None).await;
    Ok(deleted(if_match.check(job)?))
}

/// Preview the deletion of a group
///
/// Numbers of members, of the features and resources that members have only through the group, of grants and of limits.
#[utoipa::path(
    get,
    path = "/api/admin/groups/{id}/deletion-preview",
    tag = "Groups",
    responses((status = OK, body = GroupDeletion)),
    security(("token" = ["groups:read"]))
)]
async fn preview_group_deletion(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsRead>,
    IdPath(id): IdPath,
) -> Result<Json<GroupDeletion>, ApiError> {
    let deletion = service::groups::preview_deletion(&services, &authorized, id).await?;
    Ok(Json(deletion))
}
