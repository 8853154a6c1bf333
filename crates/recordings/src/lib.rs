//! Recorded conversations of the clients of dialects. Only tests and the build driver depend on this package.
//!
//! A [`Scrubber`] replaces what a server generates, such as ids, tokens and times, by placeholders. [`Bindings`] put the values of
//! another server in their place, and compare its responses with the recorded ones.

mod bindings;
mod body;
mod placeholder;
mod scrubber;

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

pub use bindings::Bindings;
pub use body::Body;
pub use scrubber::Scrubber;

/// Folder of the workspace with a folder for each client.
pub const CLIENTS: &str = "crates/dialects/clients";
/// Name of the script of a client.
pub const SCRIPT: &str = "run.sh";
/// Name of the file with the conversation of a client, beside its script.
pub const FILE: &str = "recording.json";
/// Clients that are not recorded: one compares the dialect with the system itself, and one sends random requests.
pub const UNRECORDED: &[&str] = &["maeser-oracle", "tracker-schemathesis"];

/// Headers of a request that are recorded.
const OF_REQUESTS: &[&str] = &[
    "accept",
    "authorization",
    "content-type",
    COOKIE,
    "user-agent",
    "x-api-key",
    "x-litellm-api-key",
];
/// Headers of a response that are recorded.
const OF_RESPONSES: &[&str] = &["content-type", "location", SET_COOKIE];
const CONTENT_TYPE: &str = "content-type";
const SET_COOKIE: &str = "set-cookie";
/// Header with the cookies of a request.
pub const COOKIE: &str = "cookie";
/// What separates cookies in this header.
const SEPARATOR: &str = "; ";

/// Names and values of headers.
pub type Headers = Vec<(String, String)>;

/// The conversation of a client with a server.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Recording {
    /// Scopes of the access token that the client was given.
    pub scopes: Vec<String>,
    /// Requests with their responses, in order.
    pub exchanges: Vec<Exchange>,
}

/// A request with its response.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Exchange {
    /// Request as the client sent it.
    pub request: Request,
    /// Response of the server.
    pub response: Response,
}

impl Exchange {
    /// Returns its place in the recording of a client, for messages about differences.
    #[must_use]
    pub fn place(&self, client: &str, index: usize) -> String {
        let Request { method, target, .. } = &self.request;
        format!("{client}/{FILE}: exchange {index}, {method} {target}")
    }
}

/// An address of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Address {
    /// The address of the dialect.
    Dialect,
    /// The address of the panel and its API.
    Panel,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Request {
    /// Address that it was sent to.
    pub to: Address,
    /// Method, in upper case.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Recorded headers.
    pub headers: Headers,
    /// Body.
    pub body: Body,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Recorded headers.
    pub headers: Headers,
    /// Body.
    pub body: Body,
}

impl Request {
    /// Reads a request as it was sent.
    #[must_use]
    pub fn read(
        to: Address,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Self {
        let mut headers = recorded(headers, OF_REQUESTS);
        for (_, value) in headers.iter_mut().filter(|(name, _)| name == COOKIE) {
            *value = renamed(value, |name| without_port(name).to_owned());
        }
        Self {
            to,
            method: method.to_owned(),
            target: target.to_owned(),
            body: Body::read(content_type(&headers), body),
            headers,
        }
    }

    /// Visits all texts that can contain a generated value.
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(&mut self.target);
        for (_, value) in &mut self.headers {
            visit(value);
        }
        self.body.each_text(visit);
    }
}

impl Response {
    /// Reads a response as it was received. Of cookies only name and value are kept.
    #[must_use]
    pub fn read(status: u16, headers: &[(String, String)], body: &[u8]) -> Self {
        let mut headers = recorded(headers, OF_RESPONSES);
        for (_, value) in headers.iter_mut().filter(|(name, _)| name == SET_COOKIE) {
            let end = value.find(';').unwrap_or(value.len());
            *value = renamed(&value[..end], |name| without_port(name).to_owned());
        }
        Self {
            status,
            body: Body::read(content_type(&headers), body),
            headers,
        }
    }

    /// Visits all texts that can contain a generated value.
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        for (_, value) in &mut self.headers {
            visit(value);
        }
        self.body.each_text(visit);
    }
}

/// Returns cookies with other names.
#[must_use]
pub fn renamed(cookies: &str, rename: impl Fn(&str) -> String) -> String {
    let cookies = cookies.split(SEPARATOR).map(|cookie| {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        format!("{}={value}", rename(name))
    });
    cookies.collect::<Vec<_>>().join(SEPARATOR)
}

/// Returns the name of a cookie without the port of its server, which is another one in each run.
fn without_port(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

/// Returns the headers with these names, sorted by name.
fn recorded(headers: &[(String, String)], names: &[&str]) -> Headers {
    let mut found: Headers = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .filter(|(name, _)| names.contains(&name.as_str()))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

fn content_type(headers: &[(String, String)]) -> &str {
    let mut headers = headers.iter();
    let found = headers.find(|(name, _)| name == CONTENT_TYPE);
    found.map_or("", |(_, value)| value)
}

/// Returns the name of the dialect that a client speaks: the name of its folder, up to a hyphen.
#[must_use]
pub fn dialect_of(client: &str) -> &str {
    client.split('-').next().unwrap_or_default()
}

/// Reads the recordings of all clients in a workspace, with the names of the clients, sorted by name.
///
/// # Errors
/// There is no client, one that should have a recording has none, or a recording is empty or cannot be read.
pub fn list(workspace: &Path) -> Result<Vec<(String, Recording)>, String> {
    let folder = workspace.join(CLIENTS);
    let entries = fs::read_dir(&folder).map_err(|error| format!("{CLIENTS}: {error}"))?;
    let mut found = Vec::new();
    for entry in entries {
        let folder = entry.map_err(|error| format!("{CLIENTS}: {error}"))?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_recorded = folder.join(SCRIPT).is_file() && !UNRECORDED.contains(&&*name);
        if is_recorded {
            let recording = read(&folder.join(FILE))?;
            found.push((name.into_owned(), recording));
        }
    }
    if found.is_empty() {
        return Err(format!("{CLIENTS} has no client with a recording"));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn read(file: &Path) -> Result<Recording, String> {
    let failed = |reason: String| {
        format!(
            "{}: {reason}; `cargo xtask dialects --record` writes it",
            file.display()
        )
    };
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let recording: Recording =
        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if recording.exchanges.is_empty() {
        return Err(failed("no exchanges".to_owned()));
    }
    Ok(recording)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_have_no_port() {
        let cookies = "session_token_35551=a=b; rollcall_device=c_1; plain";
        assert_eq!(
            renamed(cookies, |name| without_port(name).to_owned()),
            "session_token=a=b; rollcall_device=c_1; plain="
        );
        let headers = [(
            "Set-Cookie".to_owned(),
            "session_token_1=a; Path=/".to_owned(),
        )];
        let response = Response::read(200, &headers, b"");
        assert_eq!(response.headers[0].1, "session_token=a");
    }
}
