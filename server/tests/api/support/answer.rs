//! Responses that were read completely.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Response},
};
use serde_json::Value;

/// A response that was read completely.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: HeaderMap,
}

impl Answer {
    pub(super) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status.as_u16(),
            body: String::from_utf8(body.to_vec()).unwrap(),
            headers: parts.headers,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Returns the code of an error; empty if the response is not one.
    pub(crate) fn code(&self) -> String {
        let body: Option<Value> = serde_json::from_str(&self.body).ok();
        body.and_then(|body| Some(body.get("error")?.as_str()?.to_owned()))
            .unwrap_or_default()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns each `Set-Cookie` header.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    /// Returns the value of a cookie that is set, and its attributes.
    pub(crate) fn cookie(&self, name: &str) -> Option<(&str, &str)> {
        self.cookies().into_iter().find_map(|line| {
            let (set, rest) = line.split_once('=')?;
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            (set == name).then_some((value, attributes))
        })
    }

    /// Returns the status with the code or the target, in a few words.
    pub(crate) fn outline(&self) -> String {
        let target = match self.header("location") {
            "" => String::new(),
            target => format!("to {target}"),
        };
        format!("{} {}{target}", self.status, self.code())
            .trim_end()
            .to_owned()
    }

    /// Asserts the requirements of every response.
    pub(super) fn assert_sound(&self, label: &str) {
        assert_ne!(self.status, 500, "{label}: {}", self.body);
        let id = self.header("x-request-id");
        assert_eq!(id.len(), 36, "{label} has no request id");
        if self.status >= 400 {
            assert!(
                self.body.contains(id),
                "{label}: the error does not name its request: {}",
                self.body
            );
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(self.header(name), value, "{label}: {name}");
        }
        assert!(
            self.header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{label}"
        );
        let leads_away =
            self.header("location").starts_with("//") || self.header("location").contains("://");
        assert!(!leads_away, "{label}: to {}", self.header("location"));
    }

    /// Asserts that no secret is in the body or in a header, apart from a new cookie in its own header.
    pub(super) fn assert_contains_none_of(&self, secrets: &[String], label: &str) {
        let set = self
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie");
        let headers: String = set
            .map(|(_, value)| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        for secret in secrets {
            assert!(
                !self.body.contains(secret) && !headers.contains(secret),
                "{label} tells {secret}"
            );
        }
        for cookie in self.cookies() {
            let value = cookie.split(['=', ';']).nth(1).unwrap_or_default();
            assert!(
                value.len() < 20 || !self.body.contains(value),
                "{label} has a new cookie in its body"
            );
        }
    }
}
