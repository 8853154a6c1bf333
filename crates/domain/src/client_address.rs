//! IP addresses of clients, in one form for counting, storing, comparing and displaying.

use std::{
    fmt,
    net::{AddrParseError, IpAddr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize};

/// The IP address of a client. An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClientAddress(IpAddr);

/// The network whose clients count as one: an IPv4 address, or the /64 of an IPv6 address, which is assigned to one subscriber as a whole
/// (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// Returns the first address of the network.
    #[must_use]
    pub const fn first(self) -> IpAddr {
        self.0
    }

    /// Returns the length of the network prefix in bits.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        match self.0 {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 64,
        }
    }
}

impl ClientAddress {
    /// Returns the IP address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// Returns the network whose clients count as one with this address.
    #[must_use]
    pub const fn network(self) -> ClientNetwork {
        ClientNetwork(match self.0 {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
            ip @ IpAddr::V4(_) => ip,
        })
    }

    /// Reads one hop of an `X-Forwarded-For` header as proxies write it: an address, also in brackets and with a port. Returns `None` for
    /// any other bytes, such as `unknown`.
    #[must_use]
    pub fn read_hop(hop: &[u8]) -> Option<Self> {
        let hop = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
        if let Some(rest) = hop.strip_prefix('[') {
            let (ip, port) = rest.split_once(']')?;
            let ip: Ipv6Addr = ip.parse().ok()?;
            return (port.is_empty() || is_port(port.strip_prefix(':')?))
                .then(|| IpAddr::V6(ip).into());
        }
        if let Ok(address) = hop.parse() {
            return Some(address);
        }
        let (ip, port) = hop.split_once(':')?;
        let ip = ip.parse().ok()?;
        is_port(port).then(|| IpAddr::V4(ip).into())
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

impl From<IpAddr> for ClientAddress {
    fn from(ip: IpAddr) -> Self {
        Self(ip.to_canonical())
    }
}

impl From<ClientAddress> for IpAddr {
    fn from(address: ClientAddress) -> Self {
        address.0
    }
}

impl FromStr for ClientAddress {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<IpAddr>().map(Self::from)
    }
}

impl<'de> Deserialize<'de> for ClientAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IpAddr::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "{ip}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hops_are_parsed_as_proxies_write_them() {
        for (hop, expected) in [
            (&b"203.0.113.9"[..], Some("203.0.113.9")),
            (b" \t203.0.113.9 ", Some("203.0.113.9")),
            (b"203.0.113.9:51234", Some("203.0.113.9")),
            (b"2001:db8::7", Some("2001:db8::7")),
            (b"[2001:db8::7]", Some("2001:db8::7")),
            (b"[2001:db8::7]:443", Some("2001:db8::7")),
            (b"::ffff:203.0.113.9", Some("203.0.113.9")),
            (b"[::ffff:203.0.113.9]:1", Some("203.0.113.9")),
            (b"", None),
            (b"unknown", None),
            (b"_hidden", None),
            (b"203.0.113.9:", None),
            (b"203.0.113.9:http", None),
            (b"203.0.113.9:+1", None),
            (b"203.0.113.9:65536", None),
            (b"203.0.113.009", None),
            (b"[203.0.113.9]", None),
            (b"[2001:db8::7", None),
            (b"[2001:db8::7]443", None),
            (b"[2001:db8::7]:", None),
            (b"fe80::1%eth0", None),
            (b"203.0.113.9\xA0", None),
            (b"\xFF", None),
        ] {
            let read = ClientAddress::read_hop(hop).map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{}", hop.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            if let Some(address) = ClientAddress::read_hop(&bytes) {
                prop_assert!(bytes.is_ascii());
                prop_assert_eq!(ClientAddress::read_hop(address.to_string().as_bytes()), Some(address));
            }
        }

        #[test]
        fn equal_addresses_have_one_form(bits in any::<u32>(), port in any::<u16>()) {
            let plain = Ipv4Addr::from_bits(bits);
            let expected = ClientAddress::from(IpAddr::V4(plain));
            let mapped = plain.to_ipv6_mapped();
            for hop in [
                plain.to_string(), format!("{plain}:{port}"), mapped.to_string(), format!("[{mapped}]"),
                format!("[{mapped}]:{port}"),
            ] {
                prop_assert_eq!(ClientAddress::read_hop(hop.as_bytes()), Some(expected), "{}", hop);
            }
            prop_assert_eq!(ClientAddress::from(IpAddr::V6(mapped)), expected);
            prop_assert_eq!(mapped.to_string().parse(), Ok(expected));
            prop_assert_eq!(expected.network().to_string(), plain.to_string());
            let json = serde_json::to_string(&mapped).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClientAddress>(&json).unwrap(), expected);
        }

        #[test]
        fn network_is_the_address_prefix(bits in any::<u128>(), other in any::<u64>()) {
            let address = |bits| ClientAddress::from(IpAddr::V6(Ipv6Addr::from_bits(bits)));
            // An address that maps to IPv4 has no such network.
            prop_assume!(bits >> 64 != 0);
            let (one, another) = (address(bits), address(bits & (u128::MAX << 64) | u128::from(other)));
            prop_assert_eq!(one.network(), another.network());
            prop_assert_ne!(one.network(), address(bits ^ (1 << 64)).network());
        }
    }
}
