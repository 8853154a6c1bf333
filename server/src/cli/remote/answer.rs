//! Responses of a server.

use std::{borrow::Cow, time::Duration};

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use domain::{
    fields::{FieldError, FieldErrors},
    message::Message,
    problem::{Code, Problem},
};
use serde::de::DeserializeOwned;
use ureq::{Body, BodyReader, Error, http::Response};

use super::address::Address;
use crate::cli::{error::CliError, user::print::clean};

/// Maximum number of bytes of a response that is read into memory: far more than a page of a list has.
const ANSWER_MAX: u64 = 64 * 1024 * 1024;
/// Maximum number of characters that are quoted of an unexpected text.
const SHOWN_MAX: usize = 200;

/// A response that was read completely.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn read(response: Response<Body>) -> Result<Self, Error> {
        let (head, mut body) = response.into_parts();
        Ok(Self {
            status: head.status,
            headers: head.headers,
            body: body.with_config().limit(ANSWER_MAX).read_to_vec()?,
        })
    }

    /// Parses the body as JSON, or returns the error that the response stands for.
    pub(super) fn json<T: DeserializeOwned>(&self, address: &Address) -> Result<T, CliError> {
        if !self.status.is_success() || !is(&self.headers, "application/json") {
            return Err(self.error(address));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            CliError::Failed(format!(
                "Cannot read the response of {address} ({}). The server may have another version than this program.",
                shorten(&error.to_string())
            ))
        })
    }

    /// Returns the error that the response stands for.
    pub(super) fn error(&self, address: &Address) -> CliError {
        if self.status.is_redirection() {
            let location = text(&self.headers, header::LOCATION).unwrap_or("another URL");
            return CliError::Failed(format!(
                "{address} redirects to {}. The access token was not sent there. If that is the server, set --url to it.",
                shorten(location)
            ));
        }
        let problem = serde_json::from_slice::<Problem>(&self.body).ok();
        match problem.filter(|_| !self.status.is_success()) {
            Some(problem) => CliError::Problem(advise(problem)),
            None => CliError::Failed(self.strange(address)),
        }
    }

    fn strange(&self, address: &Address) -> String {
        let kind = text(&self.headers, header::CONTENT_TYPE).unwrap_or("no content type");
        let mut sentence = unknown_server(address, &format!("{}, {}", self.status, shorten(kind)));
        if let Some(wait) = self.retry_after() {
            sentence.push_str(&format!(" Try again in {} s.", wait.as_secs()));
        }
        sentence
    }

    /// Returns the cursor of the next page. It is all that is read of the link: the client does not follow an address that a
    /// server names.
    pub(super) fn next(&self) -> Option<String> {
        let links = text(&self.headers, header::LINK)?;
        let next = links
            .split(", ")
            .find_map(|link| link.strip_suffix(">; rel=\"next\""))?;
        let (_, query) = next.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let after = pairs.find_map(|(name, value)| (name == "after").then_some(value))?;
        Some(after.into_owned())
    }

    /// Returns the time to wait after too many requests.
    pub(super) fn wait(&self) -> Option<Duration> {
        let retry_after = self.retry_after();
        retry_after.filter(|_| self.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns the time to wait for the response of a request in progress.
    pub(super) fn in_progress(&self) -> Option<Duration> {
        let retry_after = self.retry_after();
        retry_after.filter(|_| self.status == StatusCode::CONFLICT)
    }

    fn retry_after(&self) -> Option<Duration> {
        let seconds = text(&self.headers, header::RETRY_AFTER)?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    }
}

/// Response to the request for an export.
pub(super) enum Begun {
    /// The file, which may be larger than memory.
    File(BodyReader<'static>),
    /// Any other response, read completely.
    Answer(Answer),
}

impl Begun {
    pub(super) fn read(response: Response<Body>) -> Result<Self, Error> {
        let kinds = [
            "text/csv",
            "application/x-ndjson",
            "application/json",
            "application/yaml",
        ];
        let is_kind = kinds.iter().any(|kind| is(response.headers(), kind));
        if response.status().is_success() && is_kind {
            let body = response.into_body().into_with_config();
            return Ok(Self::File(body.limit(u64::MAX).reader()));
        }
        Answer::read(response).map(Self::Answer)
    }
}

/// Returns the message for a response that does not come from Rollcall.
pub(super) fn unknown_server(address: &Address, why: &str) -> String {
    format!(
        "{address} did not return a Rollcall response ({why}). Check the URL and any proxy in front of the server."
    )
}

/// Adds advice to a problem, and removes characters that control a terminal.
fn advise(mut problem: Problem) -> Problem {
    let mut message = clean(&problem.message);
    let mut fields = FieldErrors::default();
    for error in problem.details.fields.iter() {
        fields.push(FieldError {
            field: clean(&error.field),
            code: Cow::Owned(clean(&error.code)),
            args: error.args.clone(),
            message: Message::verbatim(clean(&error.message)),
            deleted_user: error.deleted_user,
        });
    }
    problem.details.fields = fields.in_snake_case();
    match (problem.error, &problem.request_id) {
        (Code::Unauthorized, _) => message.push_str(
            " Create a new token in the panel under \"My account\", or with `rollcall token create` on the server.",
        ),
        (Code::InternalError | Code::Unavailable, Some(id)) => {
            let id = clean(id);
            message.push_str(&format!(" Request ID: {id}."));
        }
        _ => {}
    }
    problem.message = Message::verbatim(message);
    problem
}

fn is(headers: &HeaderMap, kind: &str) -> bool {
    let found = text(headers, header::CONTENT_TYPE).and_then(|text| text.split(';').next());
    found.is_some_and(|found| found.trim().eq_ignore_ascii_case(kind))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Returns the beginning of an unexpected text, without characters that control a terminal.
pub(super) fn shorten(text: &str) -> String {
    clean(&text.chars().take(SHOWN_MAX).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn problem_has_no_characters_that_control_a_terminal() {
        let dirty = "x\u{1b}[2J";
        let sent = json!({
            "error": "INTERNAL_ERROR",
            "message": dirty,
            "details": { "fields": [{ "field": dirty, "code": dirty, "message": dirty }] },
            "requestId": dirty,
        });
        let problem = advise(serde_json::from_value(sent).unwrap());
        assert_eq!(problem.message, "x\u{fffd}[2J Request ID: x\u{fffd}[2J.");
        let fields: Vec<&FieldError> = problem.details.fields.iter().collect();
        assert_eq!(fields.len(), 1);
        for text in [&*fields[0].field, &*fields[0].code, &*fields[0].message] {
            assert!(!text.contains('\u{1b}'), "{text:?}");
        }
    }
}
