//! Single requests. Load is made by oha.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::json;
use ureq::{Agent, Body, http::Response};

/// What the sessions of the bench call their browser.
pub(super) const USER_AGENT: &str = "rollcall-bench";

/// Longer than the last of many queued sign-ins waits.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A program that talks to the server, one request at a time and over one connection.
pub(super) struct Client {
    agent: Agent,
    base: String,
    cookie: Option<String>,
}

/// An answer with status 200.
pub(super) struct Answer {
    response: Response<Body>,
}

impl Client {
    /// A client of the server at `base`, signed in if it is given a cookie.
    pub(super) fn new(base: &str, cookie: Option<&str>) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(USER_AGENT)
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            cookie: cookie.map(str::to_owned),
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Answer> {
        self.get_encoded(path, "identity")
    }

    /// Asks for an answer in this encoding; it is not decoded.
    pub(super) fn get_encoded(&self, path: &str, encoding: &str) -> Result<Answer> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("accept-encoding", encoding);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        Answer::new(path, request.call())
    }

    /// Deletes what is at an address.
    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let mut request = self.agent.delete(format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        Answer::new(path, request.call())?.body().map(drop)
    }

    /// Sends JSON to an address.
    pub(super) fn post(&self, path: &str, body: &serde_json::Value) -> Result<()> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        Answer::new(path, request.send(body.to_string()))?
            .body()
            .map(drop)
    }

    /// Signs in and returns the cookie as a browser sends it back.
    pub(super) fn sign_in(&self, username: &str, password: &str) -> Result<String> {
        let path = "/api/auth/login";
        let body = json!({ "username": username, "password": password });
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        let answer = Answer::new(path, request.send(body.to_string()))?;
        let cookie = answer.header("set-cookie").unwrap_or_default();
        let (cookie, _attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        if cookie.is_empty() {
            bail!("signing in gave no cookie");
        }
        let cookie = cookie.to_owned();
        answer.body()?;
        Ok(cookie)
    }
}

impl Answer {
    fn new(path: &str, response: Result<Response<Body>, ureq::Error>) -> Result<Self> {
        let mut response = response.with_context(|| format!("no answer from {path}"))?;
        if response.status() != 200 {
            let body = response.body_mut().read_to_string().unwrap_or_default();
            bail!("{path} answered {}: {body}", response.status());
        }
        Ok(Self { response })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// How many people match the search, and whether that is only as far as they were counted.
    pub(super) fn matches(&self) -> Result<(u64, bool)> {
        let total = self
            .header("x-total-count")
            .and_then(|total| total.parse().ok())
            .ok_or_else(|| anyhow!("the list has no X-Total-Count"))?;
        let or_more = self.header("x-total-count-relation") == Some("gte");
        Ok((total, or_more))
    }

    /// The path in the answer's link to the next page.
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
