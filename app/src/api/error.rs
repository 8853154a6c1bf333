//! A failure on its way from the server to the page.

use domain::problem::{Code, Problem};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// A failure of a server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub Problem);

/// Message of a page that the server does not understand any more, or that does not understand the server.
const EARLIER_VERSION: &str =
    "This page is from an earlier version of Rollcall. Reload it and try again.";
/// Message where a question got no answer.
const UNREACHED: &str = "The server cannot be reached. Check your connection and try again.";
/// Message where a change got no answer: the server may have made it.
const UNKNOWN: &str = "It is not known whether this was done: look before you try again.";

impl ApiError {
    /// No answer of the server has arrived, to a request that changes something or to one that does not.
    #[must_use]
    pub fn unanswered(changes: bool) -> Self {
        let message = if changes { UNKNOWN } else { UNREACHED };
        Self(Problem::new(Code::Unavailable, message))
    }
}

/// Whether a problem is that no answer of the server has arrived. Servers have no code for it.
#[must_use]
pub fn is_unanswered(problem: &Problem) -> bool {
    problem.error == Code::Unavailable && [UNREACHED, UNKNOWN].contains(&problem.message.as_str())
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) => Self::unanswered(false).0,
            // A page that was open while the server was updated speaks of things that are no more.
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => {
                Problem::new(Code::ValidationError, EARLIER_VERSION)
            }
            // The browser's own finding: no filter is at fault for it.
            ServerFnErrorErr::Deserialization(_) => Problem::new(Code::Conflict, EARLIER_VERSION),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => Problem::new(
                Code::InternalError,
                "Something went wrong on the server. Try again.",
            ),
        };
        // On the server, a refusal before the function itself has run: nobody else would set the status.
        #[cfg(feature = "ssr")]
        let problem = super::ssr::told(problem);
        Self(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_server_has_said_is_unanswered() {
        assert!(is_unanswered(&ApiError::unanswered(true).0));
        assert!(is_unanswered(&ApiError::unanswered(false).0));
        for code in [Code::Unavailable, Code::InternalError] {
            let problem = Problem::new(code, "The database is not answering. Try again.");
            assert!(!is_unanswered(&problem), "{code:?}");
        }
    }

    #[test]
    fn a_change_without_an_answer_may_have_been_made() {
        let changed = ApiError::unanswered(true).0.message;
        assert!(changed.contains("not known whether this was done"));
        for changes in [true, false] {
            let message = ApiError::unanswered(changes).0.message;
            assert!(!message.contains("nothing was changed"), "{message}");
        }
    }
}
