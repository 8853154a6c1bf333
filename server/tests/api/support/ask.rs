//! Builder of requests.

use std::net::{IpAddr, SocketAddr};

use ::app::api::wire::AS;
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Method, Request, header},
};
use serde_json::Value;

use super::PASSWORD;

/// Name of the session cookie over http.
const SESSION_COOKIE: &str = "session_token";

/// A request that is being built.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    cookies: Vec<String>,
    body: Vec<u8>,
    peer: Option<SocketAddr>,
    has_referrer: bool,
}

impl Ask {
    /// Creates a request with any method.
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: Vec::new(),
            peer: None,
            has_referrer: true,
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.parse().unwrap(), HeaderValue::from_str(value).unwrap()));
        self
    }

    /// Adds a header of any bytes.
    pub(crate) fn bytes(mut self, name: &'static str, value: &[u8]) -> Self {
        self.headers.push((
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value).unwrap(),
        ));
        self
    }

    pub(crate) fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// Adds the cookie of a session.
    pub(crate) fn by(self, session: &str) -> Self {
        self.cookie(SESSION_COOKIE, session)
    }

    /// Adds the cookie of a one-time link, which the address of a page or the form names.
    pub(crate) fn link(mut self, kind: &str, token: &str) -> Self {
        let handle = service::link_handle(token);
        if self.method == Method::GET {
            let joint = if self.path.contains('?') { '&' } else { '?' };
            self.path = format!("{}{joint}link={handle}", self.path);
        } else {
            self.body
                .extend_from_slice(format!("&link={handle}").as_bytes());
        }
        self.cookie(&format!("{kind}_{handle}"), token)
    }

    /// Adds an access token.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sets the address that the request comes from.
    pub(crate) fn from(mut self, ip: IpAddr) -> Self {
        self.peer = Some(SocketAddr::new(ip, 40_000));
        self
    }

    /// Leaves out the page that the request comes from, as a link with `rel="noreferrer"` does.
    pub(crate) fn without_referrer(mut self) -> Self {
        self.has_referrer = false;
        self
    }

    /// Returns the page that a browser names in a request with a cookie, if the test does not set the site itself.
    fn referrer(&self) -> Option<HeaderValue> {
        let sites = ["sec-fetch-site", "origin", "referer", "authorization"];
        let mut headers = self.headers.iter();
        let sets_site = headers.any(|(name, _)| sites.contains(&name.as_str()));
        let mut headers = self.headers.iter();
        let host = headers.find(|(name, _)| *name == header::HOST);
        let host = host.map_or("panel.example", |(_, host)| {
            host.to_str().unwrap_or_default()
        });
        let is_named = self.has_referrer && !sets_site && !self.cookies.is_empty();
        is_named.then(|| HeaderValue::from_str(&format!("http://{host}/")).unwrap())
    }

    pub(crate) fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a form as a browser sends it.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Returns the session that sends the form of a page, if the form does not have the user of its page yet.
    pub(super) fn form_without_user(&self) -> Option<&str> {
        let is_page = !self.path.starts_with("/api/") && !self.path.starts_with("/sfn/");
        let is_form = self.headers.iter().any(|(name, value)| {
            *name == header::CONTENT_TYPE && value == "application/x-www-form-urlencoded"
        });
        let says = form_urlencoded::parse(&self.body).any(|(name, _)| name == AS);
        let of_user = self.method == Method::POST && is_page && is_form && !says;
        let mut cookies = self.cookies.iter().filter(|_| of_user);
        cookies.find_map(|cookie| cookie.strip_prefix(SESSION_COOKIE)?.strip_prefix('='))
    }

    /// Adds the user of the page to the form, as its hidden field does.
    pub(super) fn on_page_of(mut self, user: &str) -> Self {
        self.body
            .extend_from_slice(format!("&{AS}={user}").as_bytes());
        self
    }

    /// Returns the request in a few words, for messages.
    pub(crate) fn label(&self) -> String {
        format!("{} {:.200}", self.method, self.path)
    }

    /// Returns the secrets that the response must not repeat: passwords, and the tokens of sessions and of setup.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let values = self
            .cookies
            .iter()
            .filter_map(|cookie| cookie.split_once('='));
        let tokens =
            values.filter(|(name, value)| !name.ends_with("preferences") && value.len() > 20);
        let tokens = tokens.map(|(_, value)| value.to_owned());
        let shown = self.headers.iter();
        let shown = shown.filter(|(name, _)| *name == header::AUTHORIZATION);
        let shown = shown.filter_map(|(_, value)| value.to_str().ok()?.strip_prefix("Bearer "));
        tokens
            .chain(shown.filter(|token| token.len() > 20).map(str::to_owned))
            .chain([PASSWORD.to_owned(), "$argon2".to_owned()])
            .collect()
    }

    pub(crate) fn into_request(self) -> Request<Body> {
        let referrer = self.referrer();
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("panel.example"));
        if let Some(referrer) = referrer {
            headers.insert(header::REFERER, referrer);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        if !self.cookies.is_empty() {
            headers.append(
                header::COOKIE,
                HeaderValue::from_str(&self.cookies.join("; ")).unwrap(),
            );
        }
        request
    }
}
