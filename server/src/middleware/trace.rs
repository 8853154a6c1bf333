//! The log line of each request, and the id of the request on everything that is logged meanwhile and on the response.

use std::{borrow::Cow, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use percent_encoding::percent_decode_str;
use service::access::Origin;
use tracing::Instrument;

use crate::metrics;

/// Name of the header with the request's id.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// Label of a route in the metrics, for a request that another router has answered.
#[derive(Debug, Clone)]
pub(crate) struct RouteLabel(pub(crate) String);

/// Logs and measures a request. Query texts and the tokens of links are left out.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let id = request
        .extensions()
        .get::<Origin>()
        .and_then(|origin| origin.request_id);
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let method = request.method().clone();
    let path = without_token(request.uri().path()).into_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id, %method, path);
    let start = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = start.elapsed();
    span.in_scope(|| {
        let status = response.status().as_u16();
        tracing::info!(status, milliseconds = took.as_millis(), "answered");
    });
    let label = response.extensions_mut().remove::<RouteLabel>();
    let label = label.as_ref().map(|RouteLabel(label)| label.as_str());
    let route = label.or(route.as_ref().map(MatchedPath::as_str));
    metrics::count(&method, route, response.status(), took);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// First parts of the paths of one-time links, which their tokens follow.
const LINKS: [&str; 3] = ["setup", "reset", "invite"];

/// Returns a path as it is logged: a reader of the log must not be able to follow a link. The token is also left out of a path
/// that something on the way has changed, as by a second slash, because the path still has the whole link. Parts are compared as
/// the router reads them, decoded.
fn without_token(path: &str) -> Cow<'_, str> {
    let mut end = 0;
    for part in path.split('/') {
        let start = end;
        end += part.len() + 1;
        let decoded = percent_decode_str(part).decode_utf8_lossy();
        let mut pieces = decoded.split('/');
        if pieces.any(|piece| LINKS.iter().any(|link| piece.eq_ignore_ascii_case(link))) {
            // After an encoded slash the token is in the same part.
            let shown = if pieces.next().is_some() { start } else { end };
            return match path.get(..shown) {
                Some(link) if shown < path.len() => format!("{link}…").into(),
                _ => path.into(),
            };
        }
    }
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_token_is_hidden_from_the_log() {
        let routes = include_str!("../router.rs").lines();
        let links =
            routes.filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("{token}"));
        let links: Vec<&str> = links.map(|(link, _)| link).collect();
        assert_eq!(links.len(), 3, "{links:?}");
        for link in links {
            let logged = without_token(&format!("{link}a1b2")).into_owned();
            assert!(!logged.contains("a1b2"), "{logged}");
        }
    }

    #[test]
    fn log_reader_can_follow_no_link() {
        for (path, logged) in [
            ("/setup/a1b2", "/setup/…"),
            ("/reset/a1b2", "/reset/…"),
            ("/invite/a1b2", "/invite/…"),
            ("/invite/a1b2/more", "/invite/…"),
            ("//invite/a1b2", "//invite/…"),
            ("/panel/Reset/a1b2", "/panel/Reset/…"),
            ("/%72eset/a1b2", "/%72eset/…"),
            ("/%72%45set/a1b2", "/%72%45set/…"),
            ("/panel/invit%65/a1b2/more", "/panel/invit%65/…"),
            ("/reset%2Fa1b2", "/…"),
            ("/panel%2freset%2fa1b2/more", "/…"),
            ("/panel%2freset/a1b2", "/panel%2freset/…"),
            ("/%FFreset/x", "/%FFreset/x"),
            ("/reset/", "/reset/"),
            ("/reset", "/reset"),
            ("/users/2", "/users/2"),
        ] {
            assert_eq!(without_token(path), logged);
        }
    }
}
