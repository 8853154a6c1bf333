//! Sessions of all users.

pub(crate) mod events;
pub(crate) mod failed;

use std::net::IpAddr;

use axum::{extract::State, response::Response};
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
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, Params, SessionPath},
    page::{respond, whole},
    response::{Stored, SuccessResponse, success, written},
};

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
    operation_id = "listSessions",
    tag = "Sessions",
    params(SessionParams),
    responses((status = OK, body = [SessionResponse])),
    security(("token" = ["sessions:read"]))
)]
pub(crate) async fn list(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsRead>,
    Params(params): Params<SessionParams>,
) -> Result<Response, ApiError> {
    let params = whole(params);
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let page = service::sessions::list(&services, &authorized, &query).await?;
    let sessions = page.sessions.map(SessionResponse::from);
    Ok(respond(sessions, "/api/admin/sessions", &params))
}

/// Revoke a session
#[utoipa::path(
    delete,
    path = "/api/admin/sessions/{id}",
    operation_id = "revokeSession",
    tag = "Sessions",
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["sessions:write"]))
)]
pub(crate) async fn revoke_one(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsWrite>,
    SessionPath(id): SessionPath,
) -> Result<Response, ApiError> {
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
    operation_id = "revokeSessions",
    tag = "Sessions",
    request_body = RevokeRequest,
    responses((status = OK, body = RevokeOutcome)),
    security(("token" = ["sessions:write"]))
)]
pub(crate) async fn revoke_many(
    State(services): State<Services>,
    Allowed(authorized): Allowed<SessionsWrite>,
    Body(request): Body<RevokeRequest>,
) -> Result<Response, ApiError> {
    let outcome = service::sessions::revoke_many(&services, &authorized, request).await?;
    Ok(written(authorized.can_read(), outcome))
}
