//! From where a request comes.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnetwork::IpNetwork;
use service::access::Origin;
use uuid::Uuid;

/// Proxies whose word about the client's address is taken.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNetwork]>);

impl TrustedProxies {
    /// From addresses and networks, separated by commas. The first that is neither is returned.
    ///
    /// # Errors
    /// The part that is no address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let networks = parts.map(|part| part.parse::<IpNetwork>().map_err(|_| part.to_owned()));
        Ok(Self(networks.collect::<Result<Vec<_>, _>>()?.into()))
    }

    fn contain(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(ip))
    }

    /// The client: the peer, unless that is a trusted proxy; then the last address in `X-Forwarded-For` that is not one.
    /// What stands before it the client may have written itself.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.contain(peer) {
            return peer;
        }
        let values: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let mut client = peer;
        for hop in values.iter().flat_map(|value| value.split(',')).rev() {
            let Ok(hop) = hop.trim().parse() else { break };
            client = hop;
            if !self.contain(hop) {
                break;
            }
        }
        client
    }
}

/// Puts the request's [`Origin`] beside it, with a fresh id.
pub(crate) async fn identify(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let user_agent = request
        .headers()
        .get("user-agent")
        .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into());
    let origin = Origin {
        ip: peer.map(|peer| proxies.client(peer, request.headers())),
        user_agent,
        request_id: Some(Uuid::now_v7()),
        attempt: None,
    };
    request.extensions_mut().insert(origin);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        TrustedProxies::parse(proxies)
            .unwrap()
            .client(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        for (proxies, peer, forwarded, expected) in [
            ("", "192.0.2.1", &["203.0.113.9"][..], "192.0.2.1"),
            ("10.0.0.0/8", "192.0.2.1", &["203.0.113.9"], "192.0.2.1"),
            ("10.0.0.0/8", "10.1.2.3", &["203.0.113.9"], "203.0.113.9"),
            (
                "10.0.0.0/8",
                "10.1.2.3",
                &["1.1.1.1, 203.0.113.9, 10.9.9.9"],
                "203.0.113.9",
            ),
            (
                "10.0.0.0/8",
                "10.1.2.3",
                &["1.1.1.1", "203.0.113.9"],
                "203.0.113.9",
            ),
            ("10.0.0.0/8", "10.1.2.3", &["nonsense"], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", &[], "10.1.2.3"),
            ("10.0.0.0/8,::1", "::1", &["2001:db8::7"], "2001:db8::7"),
        ] {
            assert_eq!(
                client(proxies, peer, forwarded),
                expected,
                "{proxies} {peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        assert_eq!(
            TrustedProxies::parse("10.0.0.0/8, proxy").unwrap_err(),
            "proxy"
        );
    }
}
