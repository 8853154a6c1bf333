//! Errors of server functions, on the server and in the browser.

use domain::{
    message::Message,
    messages,
    problem::{Code, Problem},
};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::text;

/// Error of a server function: the problem that the response body holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub Problem);

/// Message when the page and the server are of different versions and one cannot parse the other's data.
const EARLIER_VERSION: Message = messages::earlier_version();
/// Message when a read request got no response.
const UNREACHED: Message = messages::server_unreached();
/// Message when a change got no response: the server may have executed it.
const UNKNOWN: Message = messages::change_unanswered();

impl ApiError {
    /// Returns the error for a request without a response. `changes` selects the message for a request that changes something.
    #[must_use]
    pub fn unanswered(changes: bool) -> Self {
        let message = if changes { UNKNOWN } else { UNREACHED };
        let problem = Problem::new(Code::Unavailable, message);
        Self(text::message::of_problem(problem))
    }

    /// Returns the error for an action that a form does not offer, as for any value that the parameter does not have.
    #[must_use]
    pub fn unknown_action() -> Self {
        Self::from_server_fn_error(ServerFnErrorErr::Args("unknown action".to_owned()))
    }
}

/// Returns whether a problem means that no response arrived. Servers never send these messages.
#[must_use]
pub fn is_unanswered(problem: &Problem) -> bool {
    let unanswered = [UNREACHED, UNKNOWN].map(|message| text::message::translated(&message));
    problem.error == Code::Unavailable && unanswered.contains(&problem.message)
}

/// Sets the status 404 of the page that the server renders: its URL names something that does not exist. In the browser it does nothing.
pub fn set_not_found() {
    #[cfg(feature = "ssr")]
    super::ssr::set_not_found();
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) => Self::unanswered(false).0,
            // A page that was open during an upgrade of the server sends parameters that no longer exist.
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => {
                Problem::new(Code::ValidationError, EARLIER_VERSION)
            }
            // The browser itself found this error, so it must not be shown as an error of a filter.
            ServerFnErrorErr::Deserialization(_) => Problem::new(Code::Conflict, EARLIER_VERSION),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => {
                Problem::new(Code::InternalError, messages::something_wrong())
            }
        };
        // On the server, this error occurs before the function body runs, so no other code sets the status of the response.
        #[cfg(feature = "ssr")]
        let problem = super::ssr::with_status(problem);
        Self(text::message::of_problem(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transport_errors_are_unanswered() {
        assert!(is_unanswered(&ApiError::unanswered(true).0));
        assert!(is_unanswered(&ApiError::unanswered(false).0));
        for code in [Code::Unavailable, Code::InternalError] {
            let problem = Problem::new(code, messages::unavailable());
            assert!(!is_unanswered(&problem), "{code:?}");
        }
    }

    #[test]
    fn unanswered_change_may_have_been_made() {
        let changed = ApiError::unanswered(true).0.message;
        assert!(changed.contains("may or may not have been applied"));
        for changes in [true, false] {
            let message = ApiError::unanswered(changes).0.message;
            assert!(!message.contains("nothing was changed"), "{message}");
        }
    }
}
