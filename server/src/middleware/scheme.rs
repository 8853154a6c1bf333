//! Pages that are opened over http although the panel is set up for https. Browsers drop `Secure` cookies there: a user who signs
//! in would get the empty form again, and a link would seem not to work.

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
use domain::client_address::ClientAddress;
use service::settings::Settings;

use crate::{error_page::RequestContext, proxies::TrustedProxies};

/// Settings that decide whether a request came over http.
#[derive(Debug, Clone)]
pub(crate) struct Scheme {
    settings: Arc<Settings>,
    proxies: TrustedProxies,
}

impl Scheme {
    pub(crate) fn new(settings: &Arc<Settings>, proxies: &TrustedProxies) -> Self {
        Self {
            settings: Arc::clone(settings),
            proxies: proxies.clone(),
        }
    }
}

/// Answers a page or a form that came over http with the address to open, or the setting to change.
pub(crate) async fn require_https(
    State(scheme): State<Scheme>,
    request: Request,
    next: Next,
) -> Response {
    if !scheme.settings.is_https() {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| ClientAddress::from(peer.ip()));
    let is_from_proxy = peer.is_some_and(|peer| scheme.proxies.contain(peer));
    match plain_address(request.headers(), is_from_proxy) {
        Some(opened) => {
            RequestContext::from(&request).insecure_response(&scheme.settings.public_url, &opened)
        }
        None => next.run(request).await,
    }
}

/// Returns the address over http that the page was opened at, from the `Origin` of its form or from the `X-Forwarded-Proto` of a
/// trusted proxy. None over https, without either header, and on the machine itself, where browsers accept such cookies.
fn plain_address(headers: &HeaderMap, is_from_proxy: bool) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = match text("origin") {
        Some(origin) => origin.strip_prefix("http://")?,
        // Browsers send this header over https only: the scheme that the proxy reports is that of its connection to another
        // proxy.
        None if headers.contains_key("sec-fetch-site") => return None,
        None => {
            let scheme = text("x-forwarded-proto").filter(|_| is_from_proxy)?;
            // The first value is from the proxy next to the client.
            let scheme = scheme.split(',').next().unwrap_or_default().trim();
            text("host").filter(|_| scheme.eq_ignore_ascii_case("http"))?
        }
    };
    (!is_this_machine(host)).then(|| format!("http://{host}"))
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let address = name.parse::<IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_detected_by_form_or_trusted_proxy() {
        for (headers, is_from_proxy, expected) in [
            (&[][..], false, None),
            (
                &[("origin", "http://10.0.0.5:3000")],
                false,
                Some("http://10.0.0.5:3000"),
            ),
            (&[("origin", "https://panel.example")], false, None),
            (&[("origin", "null")], false, None),
            (
                &[
                    ("origin", "https://panel.example"),
                    ("x-forwarded-proto", "http"),
                    ("host", "panel.example"),
                ],
                true,
                None,
            ),
            (
                &[("x-forwarded-proto", "http"), ("host", "panel.example")],
                true,
                Some("http://panel.example"),
            ),
            (
                &[("x-forwarded-proto", "http"), ("host", "panel.example")],
                false,
                None,
            ),
            (
                &[
                    ("x-forwarded-proto", "https, http"),
                    ("host", "panel.example"),
                ],
                true,
                None,
            ),
            (
                &[
                    ("x-forwarded-proto", "http"),
                    ("sec-fetch-site", "none"),
                    ("host", "panel.example"),
                ],
                true,
                None,
            ),
            (&[("origin", "http://localhost:3000")], false, None),
            (&[("origin", "http://127.0.0.1")], false, None),
            (&[("origin", "http://[::1]:3000")], false, None),
            (
                &[("origin", "http://localhost.example")],
                false,
                Some("http://localhost.example"),
            ),
        ] {
            let headers = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            let found = plain_address(&headers, is_from_proxy);
            assert_eq!(found.as_deref(), expected, "{headers:?}");
        }
    }
}
