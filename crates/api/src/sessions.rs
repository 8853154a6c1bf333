//! Sessions of all users.

mod events;
mod failed;

use std::net::IpAddr;

use axum::{Json, extract::State};
use domain::{
    list::Limits,
    sessions::{
        Session, SessionUser,
        list::SessionParams,
        masked,
        revoke::{RevokeOutcome, RevokeRequest},
    },
    users::UserId,
};
use serde::Serialize;
use service::{
    Error, Services,
    access::{SessionsRead, SessionsWrite},
};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SessionPath},
    page::{PageResponse, whole},
    response::{Stored, SuccessResponse, Written, success},
    state::ApiState,
};

/// Returns the routes of sessions.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_sessions))
        .routes(routes!(revoke_session))
        .routes(routes!(revoke_sessions))
        .merge(events::routes())
        .merge(failed::routes())
}

/// A session in FOVEA's format. Its user is both nested, as FOVEA's server sends it, and flat, as its pages read it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionResponse {
    id: Uuid,
    token: String,
    #[serde(with = "time::serde::rfc3339")]
    idle_expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    #[schema(value_type = Option<String>)]
    ip_address: Option<IpAddr>,
    user_agent: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    user_id: UserId,
    username: String,
    display_name: String,
    user: SessionUser,
    device: String,
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    #[serde(flatten)]
    #[schema(value_type = SessionEndResponse)]
    end: Option<SessionEndResponse>,
}

/// End of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionEndResponse {
    #[serde(with = "time::serde::rfc3339")]
    #[schema(required = false)]
    ended_at: OffsetDateTime,
    #[schema(required = false)]
    ended_reason: &'static str,
    ended_by: Option<String>,
}

impl From<Session> for SessionResponse {
    fn from(session: Session) -> Self {
        Self {
            token: masked(session.id),
            id: session.id,
            idle_expires_at: session.idle_expires_at,
            expires_at: session.expires_at,
            ip_address: session.ip_address,
            user_agent: session.user_agent,
            created_at: session.created_at,
            user_id: session.user.id,
            username: session.user.username.clone(),
            display_name: session.user.display_name.clone(),
            user: session.user,
            device: session.device,
            last_seen_at: session.last_seen_at,
            end: session.end.map(|end| SessionEndResponse {
                ended_at: end.at,
                ended_reason: end.reason.as_str(),
                ended_by: end.by,
            }),
        }
    }
}

/// List the sessions of all users
///
/// Active sessions; with `ended=true` ended sessions. Without `limit` and cursor it has up to 1,000 sessions.
#[utoipa::path(
    get,
    path = "/api/admin/sessions",
    tag = "Sessions",
    params(SessionParams),
    responses((status = OK, body = [SessionResponse])),
    security(("token" = ["sessions:read"]))
)]
async fn list_sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsRead>,
    Params(params): Params<SessionParams>,
) -> Result<PageResponse<SessionResponse>, ApiError> {
    let params = whole(params);
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let page = service::sessions::list(&services, &authorized, &query).await?;
    let sessions = page.sessions.map(SessionResponse::from);
    Ok(PageResponse::new(sessions, "/api/admin/sessions", &params))
}

/// Revoke a session
#[utoipa::path(
    delete,
    path = "/api/admin/sessions/{id}",
    tag = "Sessions",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["sessions:write"]))
)]
async fn revoke_session(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsWrite>,
    SessionPath(id): SessionPath,
) -> Result<Json<SuccessResponse>, ApiError> {
    service::sessions::revoke_one(&services, &authorized, id).await?;
    Ok(success())
}

/// Number of sessions of a revocation, for a caller without the permission to read sessions.
#[derive(Serialize)]
pub(crate) struct RevokedCountResponse {
    sessions: u64,
}

impl Stored for RevokeOutcome {
    type Written = RevokedCountResponse;

    fn written(self) -> RevokedCountResponse {
        RevokedCountResponse {
            sessions: self.sessions,
        }
    }
}

/// Revoke many sessions
///
/// All that match a filter, or all but the caller's current session. Without `expected` nothing is revoked: the response has
/// the number of sessions that would be revoked. Without `sessions:read` the response has only that number.
#[utoipa::path(
    post,
    path = "/api/admin/sessions/revoke",
    tag = "Sessions",
    request_body = RevokeRequest,
    responses((status = OK, body = RevokeOutcome)),
    security(("token" = ["sessions:write"]))
)]
async fn revoke_sessions(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsWrite>,
    Body(request): Body<RevokeRequest>,
) -> Result<Written<RevokeOutcome>, ApiError> {
    let outcome = service::sessions::revoke_many(&services, &authorized, request).await?;
    Ok(Written::new(outcome, authorized.can_read()))
}
