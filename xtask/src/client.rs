//! Single HTTP requests to a server.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Method, Request, Response, header},
};

/// Number of clients created so far.
static CLIENTS: AtomicU32 = AtomicU32::new(1);

/// HTTP client of one server: sequential requests over one connection, without retries and redirects. Each client has
/// a source address of its own, as behind a proxy, so that rate limits count it separately.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    address: Ipv4Addr,
}

/// HTTP request.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    /// Session cookie as a browser sends it.
    pub(crate) cookie: Option<&'a str>,
    /// Access token for the header `Authorization`.
    pub(crate) token: Option<&'a str>,
    /// Value of the header `Accept-Encoding`; the body is not decoded.
    pub(crate) encoding: Option<&'a str>,
    pub(crate) body: Option<&'a Value>,
}

impl<'a> Call<'a> {
    /// Creates a GET request without credentials.
    pub(crate) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            cookie: None,
            token: None,
            encoding: None,
            body: None,
        }
    }
}

impl Client {
    /// Creates a client of the server at `base` with the user agent `name` and a timeout of `patience` per request.
    pub(crate) fn new(base: &str, name: &str, patience: Duration) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(patience))
            .user_agent(name)
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            address: Ipv4Addr::from_bits(
                0x0a00_0000 | (CLIENTS.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff),
            ),
        }
    }

    /// Sends a request and returns the response, whatever its status.
    pub(crate) fn send(&self, call: &Call<'_>) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.path))
            .header("x-forwarded-for", self.address.to_string());
        if let Some(cookie) = call.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(token) = call.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(encoding) = call.encoding {
            request = request.header(header::ACCEPT_ENCODING, encoding);
        }
        let Some(body) = call.body else {
            return self.agent.run(request.body(())?);
        };
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.agent.run(request.body(body.to_string())?)
    }
}

/// Returns the cookie of a response as a browser sends it back.
pub(crate) fn cookie(answer: &Response<Body>) -> Option<&str> {
    let set = answer.headers().get(header::SET_COOKIE)?.to_str().ok()?;
    let cookie = set.split_once(';').map_or(set, |(cookie, _)| cookie);
    (!cookie.is_empty()).then_some(cookie)
}
