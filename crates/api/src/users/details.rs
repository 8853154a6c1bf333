//! Data about users that is not in the response for a user: sessions and history.

use axum::{Json, extract::State};
use domain::{audit::AuditEntryResponse, users::detail::UserSession};
use serde::Deserialize;
use service::{
    Services,
    access::{AuditRead, SessionsRead},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params, UserPath},
    page::PageResponse,
    state::ApiState,
};

/// Returns the routes of these data.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_user_sessions))
        .routes(routes!(list_user_history))
}

/// List a user's sessions
///
/// Active sessions, latest first; 100 at most.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/sessions",
    tag = "Users",
    responses((status = OK, body = [UserSession])),
    security(("token" = ["sessions:read"]))
)]
async fn list_user_sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsRead>,
    UserPath(id): UserPath,
) -> Result<Json<Vec<UserSession>>, ApiError> {
    let sessions = service::users::sessions(&services, &authorized, id).await?;
    Ok(Json(sessions))
}

/// Page of a history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct UserHistoryParams {
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
    tag = "Users",
    params(UserHistoryParams),
    responses((
        status = OK,
        body = [AuditEntryResponse],
        headers(("Link" = String, description = "Link to older entries, as `rel=\"next\"`"))
    )),
    security(("token" = ["audit:read"]))
)]
async fn list_user_history(
    State(services): State<Services>,
    Allowed(authorized): Allowed<AuditRead>,
    UserPath(id): UserPath,
    Params(part): Params<UserHistoryParams>,
) -> Result<PageResponse<AuditEntryResponse>, ApiError> {
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
    Ok(PageResponse::without_total(entries, &path, &next))
}
