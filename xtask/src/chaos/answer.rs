//! What became of a request.

use std::{io::ErrorKind, time::Duration};

use serde_json::Value;
use ureq::{
    Body,
    http::{Method, Response},
};

use super::{ledger::Fate, schedule::Site};
use crate::client::{self, Call, Client};

/// What the sessions of the drill call their browser.
const NAME: &str = "rollcall-drill";
/// Longer than the server waits for anything, so that it is the server that says so.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, or why there is none.
#[derive(Debug)]
pub(super) enum Answer {
    /// A status of success, the body, and the cookie that was set.
    Done(Value, Option<String>),
    /// A status that says that it is the client's fault.
    Refused(u16),
    Failed(Failure),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    /// Nobody listened: it never arrived.
    Unreached,
    /// The connection ended before the answer did.
    Cut,
    /// It took too long.
    Late,
    /// The server said that it could not.
    Status(u16),
    /// It was answered in a way that nobody can read.
    Unreadable,
}

impl Failure {
    /// In words.
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
    /// What it says of a change that was asked for.
    pub(super) fn fate(&self) -> Fate {
        match self {
            Self::Done(..) => Fate::Done,
            Self::Refused(_) | Self::Failed(Failure::Unreached) => Fate::Refused,
            Self::Failed(_) => Fate::Unclear,
        }
    }

    /// Whether the server worked.
    pub(super) fn is_answer(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }
}

/// Somebody who talks to both servers.
pub(super) struct Callers {
    a: Client,
    b: Client,
}

impl Callers {
    /// Of the servers at these addresses.
    pub(super) fn new(a: &str, b: &str) -> Self {
        Self {
            a: Client::new(a, NAME, PATIENCE),
            b: Client::new(b, NAME, PATIENCE),
        }
    }

    /// Asks one of them.
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

/// What is asked for, and by whom.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) cookie: Option<String>,
    pub(super) body: Option<Value>,
}

impl Request {
    /// What is at a path.
    pub(super) fn get(path: &str, cookie: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            cookie: Some(cookie.to_owned()),
            body: None,
        }
    }

    /// The end of what is at a path.
    pub(super) fn delete(path: &str, cookie: &str) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(path, cookie)
        }
    }

    /// Something for a path.
    pub(super) fn post(path: &str, cookie: &str, body: Value) -> Self {
        Self {
            method: Method::POST,
            body: Some(body),
            ..Self::get(path, cookie)
        }
    }

    /// A change of what is at a path.
    pub(super) fn patch(path: &str, cookie: &str, body: Value) -> Self {
        Self {
            method: Method::PATCH,
            ..Self::post(path, cookie, body)
        }
    }

    /// The same by nobody.
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
        return Answer::Refused(status.as_u16());
    }
    if !status.is_success() {
        return Answer::Failed(Failure::Status(status.as_u16()));
    }
    match serde_json::from_slice(&body) {
        Ok(body) => Answer::Done(body, cookie),
        Err(_) => Answer::Failed(Failure::Unreadable),
    }
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            Failure::Unreached
        }
        ureq::Error::Timeout(_) => Failure::Late,
        _ => Failure::Cut,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_what_never_arrived_has_surely_not_happened() {
        let refused = ureq::Error::Io(io::Error::from(ErrorKind::ConnectionRefused));
        assert_eq!(Answer::Failed(failure(&refused)).fate(), Fate::Refused);
        let reset = ureq::Error::Io(io::Error::from(ErrorKind::ConnectionReset));
        for failure in [
            failure(&reset),
            Failure::Late,
            Failure::Status(503),
            Failure::Unreadable,
        ] {
            assert_eq!(Answer::Failed(failure).fate(), Fate::Unclear);
        }
        assert_eq!(Answer::Refused(409).fate(), Fate::Refused);
        assert_eq!(Answer::Done(Value::Null, None).fate(), Fate::Done);
    }
}
