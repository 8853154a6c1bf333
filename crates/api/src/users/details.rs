//! Data of a user that is not in the response for the user: sessions, links, history.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    audit::AuditEntryResponse,
    users::detail::{GrantableRole, ResetLink, UserSession},
};
use serde::Deserialize;
use service::{
    Services,
    access::{AuditRead, SessionsRead, UsersRead},
};
use utoipa::IntoParams;

use crate::{
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    page,
};

/// List roles
///
/// Most powerful first, each with the reason if the caller cannot assign it.
#[utoipa::path(
    get,
    path = "/api/admin/roles",
    operation_id = "listRoles",
    tag = "Users",
    responses((status = OK, body = [GrantableRole])),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn roles(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
) -> Result<Response, ApiError> {
    let roles = service::users::grantable_roles(&services, &authorized).await?;
    Ok(Json(roles).into_response())
}

/// List a user's sessions
///
/// Active sessions, latest first; 100 at most.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/sessions",
    operation_id = "listUserSessions",
    tag = "Users",
    responses((status = OK, body = [UserSession])),
    security(("token" = ["sessions:read"]))
)]
pub(crate) async fn sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsRead>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let sessions = service::users::sessions(&services, &authorized, id).await?;
    Ok(Json(sessions).into_response())
}

/// List a user's password links
///
/// The latest five, newest first, with the times at which each was created, opened, used and revoked. The links themselves are
/// not shown.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/reset-link",
    operation_id = "listResetLinks",
    tag = "Users",
    responses((status = OK, body = [ResetLink])),
    security(("token" = ["users:read"]))
)]
pub(crate) async fn reset_links(
    State(services): State<Services>,
    Allowed(authorized): Allowed<UsersRead>,
    UserPath(id): UserPath,
) -> Result<Response, ApiError> {
    let links = service::users::reset_links(&services, &authorized, id).await?;
    Ok(Json(links).into_response())
}

/// Page of a history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserHistoryParams {
    /// Id of an entry: returns the entries before it.
    #[serde(default)]
    #[param(value_type = Option<i64>)]
    before: Option<String>,
}

impl UserHistoryParams {
    /// Returns the id of the entry, or an error if it is not a number.
    fn before(&self) -> Result<Option<i64>, ApiError> {
        let message = "`before` must be the ID of an audit log entry.";
        let id = self.before.as_deref().map(str::parse::<i64>);
        id.transpose()
            .map_err(|_| ApiError::of_parameter("before", message))
    }
}

/// Get a user's history
///
/// Audit entries with the user as target or actor, newest first, fifty per page.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/history",
    operation_id = "listUserHistory",
    tag = "Users",
    params(UserHistoryParams),
    responses((
        status = OK,
        body = [AuditEntryResponse],
        headers(("Link" = String, description = "Link to older entries, as `rel=\"next\"`"))
    )),
    security(("token" = ["audit:read"]))
)]
pub(crate) async fn history(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    UserPath(id): UserPath,
    Params(part): Params<UserHistoryParams>,
) -> Result<Response, ApiError> {
    let (entries, more) =
        service::users::history(&services, &authorized, id, part.before()?).await?;
    let last = entries.last().filter(|_| more);
    let next = last.map(|entry| entry.id.to_string());
    let next = next
        .iter()
        .map(|id| (vec![("before", id.as_str())], "next"));
    let next: Vec<_> = next.collect();
    let entries: Vec<AuditEntryResponse> = entries.into_iter().map(Into::into).collect();
    let path = format!("/api/admin/users/{id}/history");
    Ok(page::linked(entries, &path, &next))
}
