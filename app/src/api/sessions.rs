//! Sessions of all users.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::{
    flash::{Flash, FlashEvent},
    list::Limits,
};
use domain::{
    list::Listed,
    sessions::{
        SessionUser,
        failed::{FailedParams, FailedSignIns},
        list::{SessionPage, SessionParams},
        revoke::{RevokeOutcome, RevokeRequest},
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{SessionsRead, SessionsWrite},
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};

/// Path of the list of failed sign-ins.
pub const FAILED: &str = "/sessions/failed";

/// A page of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionList {
    /// The sessions, and the cursors of the neighbouring pages.
    pub page: SessionPage,
    /// Device names that occur, for the filter.
    pub devices: Vec<String>,
    /// Id of the caller's session.
    pub own: Uuid,
}

/// Lists one page of the active or of the ended sessions.
#[server(endpoint = "sessions", protocol = Get)]
pub async fn list_all_sessions(
    #[server(default)] params: SessionParams,
) -> Result<ListResult<SessionList>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<SessionsRead, _, _>(query, async |services, authorized, query| {
        Ok(SessionList {
            page: service::sessions::list(&services, &authorized, &query).await?,
            devices: service::sessions::devices(&services, &authorized).await?,
            own: authorized.actor().session().ok_or(Error::TokenNotAllowed)?,
        })
    })
    .await
}

/// Lists one page of the failed sign-ins, by account or by IP address.
#[server(endpoint = "failed-sign-ins", protocol = Get)]
pub async fn list_failed_sign_ins(
    #[server(default)] params: FailedParams,
) -> Result<ListResult<Listed<FailedSignIns>>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<SessionsRead, _, _>(query, async |services, authorized, query| {
        service::failed_sign_ins::list(&services, &authorized, &query).await
    })
    .await
}

/// Preview of a bulk revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokePreview {
    /// Number of sessions that would be revoked.
    pub outcome: RevokeOutcome,
    /// User that the filter names, if it names one.
    pub user: Option<SessionUser>,
}

/// Counts the sessions that match the filter, or with `others` all except the caller's, without revoking any.
#[server(endpoint = "preview-revocation", protocol = Get)]
pub async fn preview_revocation(
    #[server(default)] params: SessionParams,
    #[server(default)] others: bool,
) -> Result<RevokePreview, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let request = request(params, others);
        let filter = request.parse_filter()?;
        let write = caller.require::<SessionsWrite>()?;
        let outcome = service::sessions::revoke_many(&services, &write, request).await?;
        let read = caller.require::<SessionsRead>()?;
        let user = service::sessions::find_user(&services, &read, &filter).await?;
        Ok(RevokePreview { outcome, user })
    })
    .await
}

/// Revokes all sessions that match, or with `others` all except the caller's, if their number equals `expected`. `id` and
/// `username` identify the user that was shown for `user`.
#[server(endpoint = "revoke-sessions", protocol = Post)]
pub async fn revoke_sessions(
    page: String,
    expected: u64,
    #[server(default)] others: bool,
    #[server(default)] user: String,
    #[server(default)] id: String,
    #[server(default)] username: String,
    #[server(default)] address: String,
    #[server(default)] device: String,
    #[server(default)] created: String,
    #[server(default)] seen: String,
) -> Result<FormSuccess, ApiError> {
    // Revokes for the user that was shown, since the typed text can match another user by now.
    let user = if id.trim().is_empty() { user } else { id };
    let is_of_user = !user.trim().is_empty();
    let params = SessionParams {
        user: Some(user),
        address: Some(address),
        device: Some(device),
        created: Some(created),
        seen: Some(seen),
        ..SessionParams::default()
    };
    let request = RevokeRequest {
        expected: Some(expected),
        // A username without a user is compared too: the form has lost its user, and would match the sessions of all.
        username: (is_of_user || !username.is_empty()).then(|| username.clone()),
        ..request(params, others)
    };
    ssr::call_with_read::<SessionsWrite, _>(async |services, authorized| {
        let outcome = service::sessions::revoke_many(&services, &authorized, request).await?;
        let names = Some(username).filter(|name| is_of_user && !name.is_empty());
        let flash = Flash::of(FlashEvent::SessionsRevoked, names).counting(outcome.sessions);
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}

/// Returns the revocation request of the filter; without `expected` it only counts.
#[must_use]
pub fn request(params: SessionParams, everyone_but_me: bool) -> RevokeRequest {
    RevokeRequest {
        filter: params.into(),
        everyone_but_me,
        ..RevokeRequest::default()
    }
}
