//! Proxies in front of the server, and the client behind them.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use domain::client_address::ClientAddress;
use ipnetwork::IpNetwork;

/// Proxies that are trusted to report the address of the client.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNetwork]>);

impl TrustedProxies {
    /// Parses addresses and networks, separated by commas.
    ///
    /// # Errors
    /// The first part that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let networks = parts.map(|part| match part.parse() {
            Ok(network) => Ok(canonical(network)),
            Err(_) => Err(part.to_owned()),
        });
        Ok(Self(networks.collect::<Result<Vec<_>, _>>()?.into()))
    }

    pub(crate) fn contain(&self, address: ClientAddress) -> bool {
        let ip = address.ip();
        self.0.iter().any(|network| network.contains(ip))
    }

    /// Returns the client: the peer, unless that is a trusted proxy; then the last hop in `X-Forwarded-For` that is not one. The
    /// client may have written everything in front of it. A hop that cannot be read ends the search at the proxy that has written
    /// it: the clients behind it count as that proxy, and none can choose its address.
    pub(crate) fn client(&self, peer: ClientAddress, headers: &HeaderMap) -> ClientAddress {
        let values: Vec<&[u8]> = headers
            .get_all("x-forwarded-for")
            .iter()
            .map(HeaderValue::as_bytes)
            .collect();
        let hops = values
            .iter()
            .flat_map(|value| value.split(|byte| *byte == b','))
            // A list may have empty elements (RFC 9110, 5.6.1.2).
            .filter(|hop| !hop.trim_ascii().is_empty());
        let mut client = peer;
        for hop in hops.rev() {
            if !self.contain(client) {
                break;
            }
            let Some(hop) = ClientAddress::read_hop(hop) else {
                break;
            };
            client = hop;
        }
        client
    }
}

/// Converts a network of IPv4-mapped IPv6 addresses to one of IPv4 addresses.
fn canonical(network: IpNetwork) -> IpNetwork {
    let mapped = match network {
        IpNetwork::V6(network) if network.prefix() >= 96 => network.ip().to_ipv4_mapped(),
        IpNetwork::V6(_) | IpNetwork::V4(_) => None,
    };
    mapped
        .and_then(|ip| IpNetwork::new(ip.into(), network.prefix().saturating_sub(96)).ok())
        .unwrap_or(network)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let value = HeaderValue::from_bytes(value).unwrap();
            headers.append("x-forwarded-for", value);
        }
        TrustedProxies::parse(proxies)
            .unwrap()
            .client(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ten = "10.0.0.0/8";
        for (proxies, peer, forwarded, expected) in [
            ("", "192.0.2.1", &[&b"203.0.113.9"[..]][..], "192.0.2.1"),
            (ten, "192.0.2.1", &[b"203.0.113.9"], "192.0.2.1"),
            (ten, "10.1.2.3", &[b"203.0.113.9"], "203.0.113.9"),
            (ten, "::ffff:10.1.2.3", &[b"203.0.113.9"], "203.0.113.9"),
            (
                "::ffff:10.0.0.0/104",
                "10.1.2.3",
                &[b"203.0.113.9"],
                "203.0.113.9",
            ),
            (
                ten,
                "10.1.2.3",
                &[b"1.1.1.1, 203.0.113.9, 10.9.9.9"],
                "203.0.113.9",
            ),
            (
                ten,
                "10.1.2.3",
                &[b"1.1.1.1, 203.0.113.9, ::ffff:10.9.9.9"],
                "203.0.113.9",
            ),
            (
                ten,
                "10.1.2.3",
                &[b"1.1.1.1", b"203.0.113.9"],
                "203.0.113.9",
            ),
            (ten, "10.1.2.3", &[b"10.9.9.8, 10.9.9.9"], "10.9.9.8"),
            (ten, "10.1.2.3", &[], "10.1.2.3"),
            ("10.0.0.0/8,::1", "::1", &[b"2001:db8::7"], "2001:db8::7"),
            // Some proxies add ports.
            (ten, "10.1.2.3", &[b"203.0.113.9:51234"], "203.0.113.9"),
            (
                ten,
                "10.1.2.3",
                &[b"[2001:db8::7]:443, 10.9.9.9:80"],
                "2001:db8::7",
            ),
            (ten, "10.1.2.3", &[b", 203.0.113.9 ,,"], "203.0.113.9"),
            // Hops that the client writes in front have no effect.
            (ten, "10.1.2.3", &[b"\xFF, 203.0.113.9"], "203.0.113.9"),
            (ten, "10.1.2.3", &[b"\xFF", b"203.0.113.9"], "203.0.113.9"),
            (
                ten,
                "10.1.2.3",
                &["é, 1.1.1.1, 203.0.113.9".as_bytes()],
                "203.0.113.9",
            ),
            // A hop that cannot be read leaves the proxy as the client.
            (ten, "10.1.2.3", &[b"1.1.1.1, nonsense"], "10.1.2.3"),
            (
                ten,
                "10.1.2.3",
                &[b"1.1.1.1, unknown, 10.9.9.9"],
                "10.9.9.9",
            ),
        ] {
            assert_eq!(
                client(proxies, peer, forwarded),
                expected,
                "{proxies} {peer} {forwarded:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn clients_cannot_choose_their_address(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3),
            tail in prop::collection::vec(any::<u8>(), 0..40),
            own in prop_oneof!["203\\.0\\.113\\.9(:[1-9][0-9]{0,3})?", "::ffff:203\\.0\\.113\\.9"],
        ) {
            let mut lines: Vec<Vec<u8>> = lines.into_iter().filter(|line| HeaderValue::from_bytes(line).is_ok()).collect();
            // The proxy appends its hop to the client's last line.
            let mut last = [&tail[..], own.as_bytes()].join(&b", "[..]);
            if HeaderValue::from_bytes(&last).is_err() {
                last = own.into_bytes();
            }
            lines.push(last);
            let forwarded: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(client("10.0.0.0/8", "10.1.2.3", &forwarded), "203.0.113.9");
            prop_assert_eq!(client("", "10.1.2.3", &forwarded), "10.1.2.3");
        }
    }

    #[test]
    fn invalid_network_is_named() {
        assert_eq!(
            TrustedProxies::parse("10.0.0.0/8, proxy").unwrap_err(),
            "proxy"
        );
    }
}
