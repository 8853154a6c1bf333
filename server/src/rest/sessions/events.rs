//! What happens to sessions, as it happens.

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
    access::ReadSessions,
    sessions::live::{self, News},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::IntoParams;

use super::super::{Allowed, Failure, Params, Person};

/// How often something is sent at least, so that nothing on the way takes the stream for dead.
const BEAT: Duration = Duration::from_secs(15);
/// After how long a browser that has lost the stream asks for it again.
const RETRY: Duration = Duration::from_secs(3);
/// It is kept nowhere, and nginx is told to hold nothing back.
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// From when on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Since {
    since: Option<String>,
}

/// Watch what happens to sessions
///
/// A stream of `changes`, each with the moment up to which it tells as its id. It begins with what has happened since
/// the last of them, or else since the moment that is asked for, and ends with the session that it is read in, or with
/// the right to read it.
#[utoipa::path(
    get,
    path = "/api/admin/sessions/events",
    tag = "Sessions",
    params(Since),
    responses((status = OK, body = String, content_type = "text/event-stream")),
    security(("session" = []))
)]
pub(crate) async fn events(
    State(services): State<Services>,
    Person(actor): Person,
    Allowed(granted): Allowed<ReadSessions>,
    Params(Since { since }): Params<Since>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok().map(str::to_owned));
    let since = last.or(since).filter(|since| !since.is_empty());
    let since = since.map(|since| {
        OffsetDateTime::parse(&since, &Rfc3339)
            .map_err(|_| Failure::invalid("`since` is not a time such as 2026-11-21T12:00:00Z."))
    });
    let watch = live::watch(&services, &granted, &actor, since.transpose()?).await?;
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
