//! Outcome of a request.

use std::{io::ErrorKind, time::Duration};

use serde_json::Value;
use ureq::{
    Body,
    http::{Method, Response},
};

use super::{ledger::Outcome, schedule::Site};
use crate::client::{self, Call, Client};

/// User agent of the workers' sessions.
const NAME: &str = "rollcall-drill";
/// Request timeout; longer than every timeout of the server, so that the server reports its own.
const PATIENCE: Duration = Duration::from_secs(30);

/// Response, or the reason why there is none.
#[derive(Debug)]
pub(super) enum Answer {
    /// Successful status: the body and the cookie that was set.
    Done(Value, Option<String>),
    /// Client error (4xx): the status.
    Rejected(u16),
    Failed(RequestError),
}

/// Reason why a request has no usable response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RequestError {
    /// The connection was refused: the request never arrived.
    Unreached,
    /// The connection closed before the response was complete.
    Cut,
    /// The request timed out.
    Late,
    /// The server reported an error (5xx).
    Status(u16),
    /// The body is not JSON.
    Unreadable,
}

impl RequestError {
    /// Returns the name in the report.
    pub(super) fn name(self) -> String {
        match self {
            Self::Unreached => "not reached".to_owned(),
            Self::Cut => "cut".to_owned(),
            Self::Late => "late".to_owned(),
            Self::Status(status) => format!("status {status}"),
            Self::Unreadable => "unreadable".to_owned(),
        }
    }
}

impl Answer {
    /// Returns whether the requested change took effect, as far as the response shows.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Done(..) => Outcome::Done,
            Self::Rejected(_) | Self::Failed(RequestError::Unreached) => Outcome::Rejected,
            Self::Failed(_) => Outcome::Unclear,
        }
    }

    /// Returns the name of an error that no injected failure explains: temporary ones have a status of their own, so that clients
    /// know that they may try again.
    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::Failed(failure @ (RequestError::Status(500) | RequestError::Unreadable)) => {
                Some(failure.name())
            }
            Self::Done(..) | Self::Rejected(_) | Self::Failed(_) => None,
        }
    }

    /// Reports whether the server processed the request.
    pub(super) fn is_answer(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }
}

/// HTTP clients of both servers.
pub(super) struct Callers {
    a: Client,
    b: Client,
}

impl Callers {
    /// Creates the clients for these base URLs.
    pub(super) fn new(a: &str, b: &str) -> Self {
        Self {
            a: Client::new(a, NAME, PATIENCE),
            b: Client::new(b, NAME, PATIENCE),
        }
    }

    /// Sends a request to one of the servers.
    pub(super) fn ask(&self, site: Site, request: &Request) -> Answer {
        let client = match site {
            Site::A => &self.a,
            Site::B => &self.b,
        };
        let call = Call {
            method: request.method.clone(),
            cookie: request.cookie.as_deref(),
            body: request.body.as_ref(),
            ..Call::get(&request.path)
        };
        match client.send(&call) {
            Ok(response) => read(response),
            Err(error) => Answer::Failed(failure(&error)),
        }
    }
}

/// Request to either server, with the cookie of the session that sends it.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) cookie: Option<String>,
    pub(super) body: Option<Value>,
}

impl Request {
    /// Creates a GET request.
    pub(super) fn get(path: &str, cookie: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            cookie: Some(cookie.to_owned()),
            body: None,
        }
    }

    /// Creates a DELETE request.
    pub(super) fn delete(path: &str, cookie: &str) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(path, cookie)
        }
    }

    /// Creates a POST request.
    pub(super) fn post(path: &str, cookie: &str, body: Value) -> Self {
        Self {
            method: Method::POST,
            body: Some(body),
            ..Self::get(path, cookie)
        }
    }

    /// Creates a PATCH request.
    pub(super) fn patch(path: &str, cookie: &str, body: Value) -> Self {
        Self {
            method: Method::PATCH,
            ..Self::post(path, cookie, body)
        }
    }

    /// Removes the cookie.
    pub(super) fn anonymous(self) -> Self {
        Self {
            cookie: None,
            ..self
        }
    }
}

fn read(mut response: Response<Body>) -> Answer {
    let status = response.status();
    let cookie = client::cookie(&response).map(str::to_owned);
    let body = match response.body_mut().read_to_vec() {
        Ok(body) => body,
        Err(error) => return Answer::Failed(failure(&error)),
    };
    if status.is_client_error() {
        return Answer::Rejected(status.as_u16());
    }
    if !status.is_success() {
        return Answer::Failed(RequestError::Status(status.as_u16()));
    }
    match serde_json::from_slice(&body) {
        Ok(body) => Answer::Done(body, cookie),
        Err(_) => Answer::Failed(RequestError::Unreadable),
    }
}

fn failure(error: &ureq::Error) -> RequestError {
    match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            RequestError::Unreached
        }
        ureq::Error::Timeout(_) => RequestError::Late,
        _ => RequestError::Cut,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_unreached_requests_certainly_failed() {
        let rejected = ureq::Error::Io(io::Error::from(ErrorKind::ConnectionRefused));
        assert_eq!(
            Answer::Failed(failure(&rejected)).outcome(),
            Outcome::Rejected
        );
        let reset = ureq::Error::Io(io::Error::from(ErrorKind::ConnectionReset));
        for failure in [
            failure(&reset),
            RequestError::Late,
            RequestError::Status(503),
            RequestError::Unreadable,
        ] {
            assert_eq!(Answer::Failed(failure).outcome(), Outcome::Unclear);
        }
        assert_eq!(Answer::Rejected(409).outcome(), Outcome::Rejected);
        assert_eq!(Answer::Done(Value::Null, None).outcome(), Outcome::Done);
    }

    #[test]
    fn temporary_errors_are_no_problems() {
        for (failure, is_problem) in [
            (RequestError::Status(500), true),
            (RequestError::Unreadable, true),
            (RequestError::Status(503), false),
            (RequestError::Cut, false),
        ] {
            assert_eq!(Answer::Failed(failure).problem().is_some(), is_problem);
        }
        assert_eq!(Answer::Rejected(429).problem(), None);
    }
}
