//! Errors of requests to a dialect, without a text of the other system.

use std::{error::Error as _, sync::Arc};

use axum::{
    Extension,
    http::{Extensions, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{message::Message, messages};
use service::Error;

/// Error of a request to a dialect. [`Dialect::render`](crate::Dialect::render) writes the response.
#[derive(Debug)]
pub enum DialectError {
    /// Error of a service.
    Service(Error),
    /// Path without a route.
    UnknownPath,
    /// Method that the route does not have.
    MethodNotAllowed,
    /// Body or parameter that cannot be parsed. Holds the reason.
    Malformed(String),
    /// Body that is too large.
    TooLarge,
    /// Too many requests.
    TooManyRequests {
        /// Seconds until the next request is accepted.
        seconds: u64,
        /// Maximum number of requests per minute.
        limit: u32,
    },
    /// Error that only the other system has, with its status and its text.
    Custom(StatusCode, String),
    /// Unexpected failure of the server, such as a panic.
    Internal,
}

/// Marks a response that is not rendered yet, with its error.
#[derive(Debug, Clone)]
struct Unrendered(Arc<DialectError>);

impl From<Error> for DialectError {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl DialectError {
    /// Returns the status that Rollcall itself answers with, for dialects without another one.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Service(error) => StatusCode::from_u16(error.code().status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Custom(status, _) => *status,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the message of Rollcall itself, for dialects without another one.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Service(error) => error.message(),
            Self::UnknownPath => messages::url_not_found(),
            Self::MethodNotAllowed => Message::verbatim("Method not allowed."),
            Self::Malformed(text) | Self::Custom(_, text) => Message::verbatim(text.clone()),
            Self::TooLarge => messages::request_too_large(),
            Self::TooManyRequests { seconds, limit } => {
                messages::too_many_requests(*seconds, *limit)
            }
            Self::Internal => messages::internal(),
        }
    }

    /// Returns the seconds after which the request can succeed, for the header `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { seconds, .. } => Some(*seconds),
            Self::Service(error) => error.retry_after(),
            Self::UnknownPath
            | Self::MethodNotAllowed
            | Self::Malformed(_)
            | Self::TooLarge
            | Self::Custom(..)
            | Self::Internal => None,
        }
    }

    /// Logs the cause, if there is one. It is not for the client.
    pub fn log(&self) {
        let Self::Service(error) = self else { return };
        if let Some(cause) = error.source() {
            tracing::error!(%cause, %error, "a request to a dialect failed");
        }
    }

    /// Takes the error of a response that is not rendered yet.
    pub fn take(extensions: &mut Extensions) -> Option<Arc<Self>> {
        let marked = extensions.remove::<Unrendered>();
        marked.map(|Unrendered(error)| error)
    }
}

/// Returns a response without a body, which the server completes.
impl IntoResponse for DialectError {
    fn into_response(self) -> Response {
        (self.status(), Extension(Unrendered(Arc::new(self)))).into_response()
    }
}
