//! Everybody's sessions.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::flash::{Flash, FlashEvent};
use domain::sessions::{
    list::{SessionPage, SessionParams},
    revoke::RevokeOutcome,
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

/// How many sessions would end that match, or that are not the one that asks. Nothing is done.
#[server(endpoint = "preview-revocation", protocol = Get)]
pub async fn preview_revocation(
    #[server(default)] params: SessionParams,
    #[server(default)] others: bool,
) -> Result<RevokeOutcome, ApiError> {
    use super::ssr;
    let request = request(params, others, None);
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    service::sessions::revoke_many(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)
}

/// Ends all sessions that match, or all but the one that asks, if they are as many as was shown.
#[server(endpoint = "revoke-sessions", protocol = Post)]
pub async fn revoke_sessions(
    page: String,
    expected: u64,
    #[server(default)] others: bool,
    #[server(default)] person: String,
    #[server(default)] address: String,
    #[server(default)] device: String,
    #[server(default)] created: String,
    #[server(default)] seen: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let params = SessionParams {
        person: Some(person),
        address: Some(address),
        device: Some(device),
        created: Some(created),
        seen: Some(seen),
        ..SessionParams::default()
    };
    let request = request(params, others, Some(expected));
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let outcome = service::sessions::revoke_many(&ssr::services()?, &granted, request)
        .await
        .map_err(ssr::fail)?;
    let flash = Flash::of(FlashEvent::SessionsRevoked, [""; 0]).counting(outcome.sessions);
    Ok(Done::flash(&page, flash, None).await)
}

#[cfg(feature = "ssr")]
fn request(
    params: SessionParams,
    everyone_but_me: bool,
    expected: Option<u64>,
) -> domain::sessions::revoke::RevokeRequest {
    domain::sessions::revoke::RevokeRequest {
        filter: params.into(),
        everyone_but_me,
        expected,
    }
}
