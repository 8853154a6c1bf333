//! Events of sessions, as a stream.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde::Deserialize;
use service::{
    Services,
    access::SessionsRead,
    sessions::live::{self, News},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::ApiError,
    extract::{Allowed, Params, SessionCaller},
    state::ApiState,
};

/// Returns the route of the stream.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(watch_sessions))
}

/// Interval at which something is sent at least, so that no proxy takes the stream for dead.
const BEAT: Duration = Duration::from_secs(15);
/// Delay after which a browser that has lost the stream requests it again.
const RETRY: Duration = Duration::from_secs(3);
/// Headers that prevent caching, and buffering by nginx.
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// Start of the stream.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct SessionEventsParams {
    since: Option<String>,
}

/// Stream session changes
///
/// A stream of `changes`, each with the time that it covers as its id. It begins with the changes since the last event id, or
/// else since `since`. It ends with its session, or when the permission to read sessions is revoked.
#[utoipa::path(
    get,
    path = "/api/admin/sessions/events",
    tag = "Sessions",
    params(SessionEventsParams),
    responses((status = OK, body = String, content_type = "text/event-stream")),
    security(("session" = []))
)]
async fn watch_sessions(
    State(services): State<Services>,
    SessionCaller(caller): SessionCaller,
    Allowed(authorized): Allowed<SessionsRead>,
    Params(SessionEventsParams { since }): Params<SessionEventsParams>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok().map(str::to_owned));
    let since = last.or(since).filter(|since| !since.is_empty());
    let since = since.map(|since| {
        OffsetDateTime::parse(&since, &Rfc3339).map_err(|_| {
            ApiError::of_parameter(
                "since",
                "`since` must be a time such as 2026-11-21T12:00:00Z.",
            )
        })
    });
    let watch = live::watch(&services, &authorized, &caller, since.transpose()?).await?;
    let events = stream::unfold(watch, async |mut watch| {
        let event = event(&watch.next().await?);
        Some((Ok::<_, Infallible>(event), watch))
    });
    let beat = KeepAlive::new().interval(BEAT);
    Ok((HEADERS, Sse::new(events).keep_alive(beat)))
}

fn event(news: &News) -> Event {
    Event::default()
        .event("changes")
        .retry(RETRY)
        .id(news.at.format(&Rfc3339).unwrap_or_default())
        .data(&news.changes)
}
