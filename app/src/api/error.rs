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

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) => Problem::new(
                Code::Unavailable,
                "The server cannot be reached. Check your connection and try again; nothing was changed.",
            ),
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
