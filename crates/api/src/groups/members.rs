//! Members of groups: listing, adding and removing many at once, and managers.

use axum::extract::State;
use domain::{
    groups::{GroupMember, MEMBERS_ORDER, MemberSelection, MembersOutcome, parse_pasted},
    list::{Limits, UnfilteredParams},
    object::present,
};
use serde::{Deserialize, Serialize};
use service::{
    Error, Services,
    access::GroupsWrite,
    groups::{GroupActor, members},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params, SignedIn},
    page::PageResponse,
    response::{Stored, Written},
    state::ApiState,
};

/// Returns the routes of members.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_group_members, add_group_members))
        .routes(routes!(remove_group_members))
        .routes(routes!(add_group_managers))
        .routes(routes!(remove_group_managers))
}

/// Body that names users: either `ids` or `names`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupMembersChangeRequest {
    /// Ids of the users.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    ids: Option<Vec<Uuid>>,
    /// Usernames and email addresses of the users. A text can have several, separated by lines, commas, semicolons or tabs.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    names: Option<Vec<String>>,
}

impl GroupMembersChangeRequest {
    /// Returns the users and the field that names them, or an error if the body has both fields.
    fn selection(self) -> Result<(MemberSelection, &'static str), ApiError> {
        match (self.ids, self.names) {
            (ids, None) => Ok((MemberSelection::Ids(ids.unwrap_or_default()), "ids")),
            (None, Some(names)) => {
                let names = parse_pasted(&names.join("\n"));
                Ok((MemberSelection::Names(names), "names"))
            }
            (Some(_), Some(_)) => {
                let message = "names: leave it out, or leave out ids.";
                Err(ApiError::of_field("names", "format", message.to_owned()))
            }
        }
    }
}

/// Returns the response to a change. Errors about the users have the field that names them.
fn written(
    outcome: Result<MembersOutcome, Error>,
    field: &str,
    can_read: bool,
) -> Result<Written<MembersOutcome>, ApiError> {
    let outcome = outcome.map_err(|error| match error {
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|_| field.to_owned())),
        other => other,
    })?;
    Ok(Written::new(outcome, can_read))
}

/// Result of a change of members for a caller who cannot read groups.
#[derive(Serialize)]
pub(crate) struct GroupMembersCountResponse {
    changed: u64,
    unchanged: u64,
    unknown: Vec<String>,
}

impl Stored for MembersOutcome {
    type Written = GroupMembersCountResponse;

    fn written(self) -> GroupMembersCountResponse {
        GroupMembersCountResponse {
            changed: self.changed,
            unchanged: self.unchanged,
            unknown: self.unknown,
        }
    }
}

/// List the members of a group
///
/// The first created users first. Also for a user with a session who manages the group.
#[utoipa::path(
    get,
    path = "/api/admin/groups/{id}/members",
    tag = "Groups",
    params(UnfilteredParams),
    responses((status = OK, body = [GroupMember])),
    security(("token" = ["groups:read"]))
)]
async fn list_group_members(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
    Params(params): Params<UnfilteredParams>,
) -> Result<PageResponse<GroupMember>, ApiError> {
    let actor = GroupActor::reader(&caller)?;
    let query = params
        .parse(Limits::API, MEMBERS_ORDER)
        .map_err(Error::from)?;
    let listed = members::list(&services, &actor, id, &query).await?;
    let path = format!("/api/admin/groups/{id}/members");
    Ok(PageResponse::new(listed.page, &path, &params))
}

/// Add members to a group
///
/// Up to 10,000 users. Names that no user has are in `unknown`, users with more permissions than the caller in `skipped`. Also for a
/// user with a session who manages the group. Without `groups:read` the response has no `skipped`.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/members",
    tag = "Groups",
    request_body = GroupMembersChangeRequest,
    responses((status = OK, body = MembersOutcome)),
    security(("token" = ["groups:write"]))
)]
async fn add_group_members(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
    Body(body): Body<GroupMembersChangeRequest>,
) -> Result<Written<MembersOutcome>, ApiError> {
    let actor = GroupActor::writer(&caller)?;
    let (selection, field) = body.selection()?;
    let added = members::add(&services, &actor, id, selection, false).await;
    written(added, field, actor.can_read())
}

/// Remove members from a group
///
/// Up to 10,000 users, as for adding. A manager cannot remove other managers.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/members/remove",
    tag = "Groups",
    request_body = GroupMembersChangeRequest,
    responses((status = OK, body = MembersOutcome)),
    security(("token" = ["groups:write"]))
)]
async fn remove_group_members(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
    Body(body): Body<GroupMembersChangeRequest>,
) -> Result<Written<MembersOutcome>, ApiError> {
    let actor = GroupActor::writer(&caller)?;
    let (selection, field) = body.selection()?;
    let removed = members::remove(&services, &actor, id, selection, false).await;
    written(removed, field, actor.can_read())
}

/// Let members manage their group
///
/// Up to 10,000 members. Users who are no members are counted in `unchanged`.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/managers",
    tag = "Groups",
    request_body = GroupMembersChangeRequest,
    responses((status = OK, body = MembersOutcome)),
    security(("token" = ["groups:write"]))
)]
async fn add_group_managers(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsWrite>,
    IdPath(id): IdPath,
    Body(body): Body<GroupMembersChangeRequest>,
) -> Result<Written<MembersOutcome>, ApiError> {
    let (selection, field) = body.selection()?;
    let changed = members::set_managers(&services, &authorized, id, selection, true).await;
    written(changed, field, authorized.can_read())
}

/// Stop members from managing their group
///
/// They remain members.
#[utoipa::path(
    post,
    path = "/api/admin/groups/{id}/managers/remove",
    tag = "Groups",
    request_body = GroupMembersChangeRequest,
    responses((status = OK, body = MembersOutcome)),
    security(("token" = ["groups:write"]))
)]
async fn remove_group_managers(
    State(services): State<Services>,
    Allowed(authorized): Allowed<GroupsWrite>,
    IdPath(id): IdPath,
    Body(body): Body<GroupMembersChangeRequest>,
) -> Result<Written<MembersOutcome>, ApiError> {
    let (selection, field) = body.selection()?;
    let changed = members::set_managers(&services, &authorized, id, selection, false).await;
    written(changed, field, authorized.can_read())
}
