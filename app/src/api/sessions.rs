//! Everybody's sessions.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::flash::{Flash, FlashEvent};
use domain::sessions::{
    SessionUser,
    failed::{FailedPage, FailedParams},
    list::{SessionPage, SessionParams},
    revoke::{RevokeOutcome, RevokeRequest},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    done::Done,
    error::ApiError,
    listed::Listed,
    wire::{Get, Post},
};

/// The tab with failed sign-ins.
pub const FAILED: &str = "/sessions/failed";

/// A page of sessions as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionList {
    /// The page.
    pub page: SessionPage,
    /// The devices that there are, in words.
    pub devices: Vec<String>,
    /// The session in which this is asked.
    pub own: Uuid,
}

/// A page of the live sessions, or of those that have ended.
#[server(endpoint = "sessions", protocol = Get)]
pub async fn list_all_sessions(
    #[server(default)] params: SessionParams,
) -> Result<Listed<SessionList>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let actor = ssr::actor()?;
    let granted = actor.require().map_err(ssr::fail)?;
    ssr::listed(&params, SessionParams::parse, async |query| {
        Ok(SessionList {
            page: service::sessions::list(&services, &granted, &query).await?,
            devices: service::sessions::devices(&services, &granted).await?,
            own: actor.session()?,
        })
    })
    .await
}

/// A page of the failed sign-ins, by account or by address.
#[server(endpoint = "failed-sign-ins", protocol = Get)]
pub async fn list_failed_sign_ins(
    #[server(default)] params: FailedParams,
) -> Result<Listed<FailedPage>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, FailedParams::parse, async |query| {
        service::failed_sign_ins::list(&services, &granted, &query).await
    })
    .await
}

/// What the dialog shows before sessions are revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokePreview {
    /// How many sessions would end.
    pub outcome: RevokeOutcome,
    /// The user whose sessions they are, where the filter names one.
    pub user: Option<SessionUser>,
}

/// How many sessions would end that match, or that are not the one that asks. Nothing is done.
#[server(endpoint = "preview-revocation", protocol = Get)]
pub async fn preview_revocation(
    #[server(default)] params: SessionParams,
    #[server(default)] others: bool,
) -> Result<RevokePreview, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let request = request(params, others);
    let filter = request.parse_filter();
    let filter = filter.map_err(|error| ssr::fail(service::Error::List(error)))?;
    let granted = actor.require().map_err(ssr::fail)?;
    let outcome = service::sessions::revoke_many(&services, &granted, request)
        .await
        .map_err(ssr::fail)?;
    let read = actor.require().map_err(ssr::fail)?;
    let user = service::sessions::find_user(&services, &read, &filter)
        .await
        .map_err(ssr::fail)?;
    Ok(RevokePreview { outcome, user })
}

/// Ends all sessions that match, or all but the one that asks, if they are as many as was shown. `id` and `username` are the
/// user who was shown for `person`.
#[server(endpoint = "revoke-sessions", protocol = Post)]
pub async fn revoke_sessions(
    page: String,
    expected: u64,
    #[server(default)] others: bool,
    #[server(default)] person: String,
    #[server(default)] id: String,
    #[server(default)] username: String,
    #[server(default)] address: String,
    #[server(default)] device: String,
    #[server(default)] created: String,
    #[server(default)] seen: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let is_of_user = !person.trim().is_empty();
    let params = SessionParams {
        // The user who was shown: the text might lead to another one by now.
        person: Some(if is_of_user && !id.is_empty() {
            id
        } else {
            person
        }),
        address: Some(address),
        device: Some(device),
        created: Some(created),
        seen: Some(seen),
        ..SessionParams::default()
    };
    let request = RevokeRequest {
        expected: Some(expected),
        username: is_of_user.then(|| username.clone()),
        ..request(params, others)
    };
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let outcome = service::sessions::revoke_many(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)?;
    let names = Some(username).filter(|name| is_of_user && !name.is_empty());
    let flash = Flash::of(FlashEvent::SessionsRevoked, names).counting(outcome.sessions);
    Ok(Done::flash(&page, flash, None).await)
}

/// The request of a dialog's parameters that tells how many would end.
#[must_use]
pub fn request(params: SessionParams, everyone_but_me: bool) -> RevokeRequest {
    RevokeRequest {
        filter: params.into(),
        everyone_but_me,
        ..RevokeRequest::default()
    }
}
