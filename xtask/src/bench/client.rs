//! Single requests; load comes from oha.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use ureq::{
    Body,
    http::{Method, Response},
};

use crate::client::{self, Call};

/// User agent of the benchmark's sessions, by which a later run finds and deletes them.
pub(super) const USER_AGENT: &str = "rollcall-bench";

/// Request timeout; longer than the last of many queued sign-ins takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// HTTP client that expects status 200 for every request.
pub(super) struct Client {
    client: client::Client,
    cookie: Option<String>,
}

/// Response with status 200.
pub(super) struct Answer {
    response: Response<Body>,
}

impl Client {
    /// Creates a client of the server at `base`, signed in if a cookie is given.
    pub(super) fn new(base: &str, cookie: Option<&str>) -> Self {
        Self {
            client: client::Client::new(base, USER_AGENT, TIMEOUT),
            cookie: cookie.map(str::to_owned),
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Answer> {
        self.get_encoded(path, "identity")
    }

    /// Requests `path` in this encoding; the body is not decoded.
    pub(super) fn get_encoded(&self, path: &str, encoding: &str) -> Result<Answer> {
        self.send(Call {
            encoding: Some(encoding),
            ..Call::get(path)
        })
    }

    /// Sends a DELETE request.
    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let call = Call {
            method: Method::DELETE,
            ..Call::get(path)
        };
        self.send(call)?.body().map(drop)
    }

    /// Sends a POST request with a JSON body.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<()> {
        self.send(posted(path, body))?.body().map(drop)
    }

    /// Signs in and returns the session cookie as a browser sends it back.
    pub(super) fn sign_in(&self, username: &str, password: &str) -> Result<String> {
        let body = json!({ "username": username, "password": password });
        let answer = self.send(posted("/api/auth/login", &body))?;
        let cookie = client::cookie(&answer.response).map(str::to_owned);
        answer.body()?;
        cookie.context("signing in returned no cookie")
    }

    fn send(&self, call: Call<'_>) -> Result<Answer> {
        let call = Call {
            cookie: self.cookie.as_deref(),
            ..call
        };
        Answer::new(call.path, self.client.send(&call))
    }
}

fn posted<'a>(path: &'a str, body: &'a Value) -> Call<'a> {
    Call {
        method: Method::POST,
        body: Some(body),
        ..Call::get(path)
    }
}

impl Answer {
    fn new(path: &str, response: Result<Response<Body>, ureq::Error>) -> Result<Self> {
        let mut response = response.with_context(|| format!("no response from {path}"))?;
        if response.status() != 200 {
            let body = response.body_mut().read_to_string().unwrap_or_default();
            bail!("{path} answered {}: {body}", response.status());
        }
        Ok(Self { response })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// Returns the number of users that match, and whether counting stopped there and more may match.
    pub(super) fn matches(&self) -> Result<(u64, bool)> {
        let total = self
            .header("x-total-count")
            .and_then(|total| total.parse().ok())
            .ok_or_else(|| anyhow!("the response has no X-Total-Count"))?;
        let or_more = self.header("x-total-count-relation") == Some("gte");
        Ok((total, or_more))
    }

    /// Returns the path of the next page, from the `Link` header.
    pub(super) fn next(&self) -> Option<&str> {
        let links = self.header("link")?.split(", ");
        links
            .filter_map(|link| link.split_once(">; rel=\"next\""))
            .find_map(|(path, _)| path.strip_prefix('<'))
    }

    pub(super) fn body(self) -> Result<Vec<u8>> {
        Ok(self.response.into_body().read_to_vec()?)
    }
}
