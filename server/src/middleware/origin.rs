//! Origin of a request: the address of the client, its user agent and the id of the request.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, uri::Authority},
    middleware::Next,
    response::Response,
};
use domain::client_address::ClientAddress;
use service::{access::Origin, known_device::Device};
use uuid::Uuid;

use crate::proxies::TrustedProxies;

/// Returns the URL that a request was sent to, from its `Host`, with https if a trusted proxy reports it. None if that is not a
/// host with or without a port.
fn base_url(headers: &HeaderMap, is_from_proxy: bool) -> Option<String> {
    let host = headers.get("host")?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    // `Authority` accepts user information, which a link must not have.
    if host.contains('@') || authority.host().is_empty() {
        return None;
    }
    let scheme = headers
        .get("x-forwarded-proto")
        .filter(|scheme| is_from_proxy && *scheme == "https")
        .map_or("http", |_| "https");
    Some(format!("{scheme}://{authority}"))
}

/// Adds its [`Origin`] to a request, with a new id.
pub(crate) async fn identify(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| ClientAddress::from(peer.ip()));
    let user_agent = request
        .headers()
        .get("user-agent")
        .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into());
    let origin = Origin {
        ip: peer.map(|peer| proxies.client(peer, request.headers())),
        user_agent,
        request_id: Some(Uuid::now_v7()),
        base_url: base_url(
            request.headers(),
            peer.is_some_and(|peer| proxies.contain(peer)),
        ),
        device: Device::default(),
        attempt: None,
        changed_by: None,
    };
    request.extensions_mut().insert(origin);
    next.run(request).await
}
