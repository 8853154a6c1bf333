//! Connection errors of requests to a server, as an operator reads them.

use std::io;

use ureq::{Error, Timeout};

use super::{
    address::Address,
    answer::{shorten, unknown_server},
};
use crate::cli::error::CliError;

/// Returns whether the connection ended before the response did.
pub(super) fn is_cut(error: &Error) -> bool {
    use io::ErrorKind as Kind;
    match error {
        Error::Io(error) => matches!(
            error.kind(),
            Kind::UnexpectedEof
                | Kind::ConnectionReset
                | Kind::ConnectionAborted
                | Kind::BrokenPipe
                | Kind::NotConnected
        ),
        _ => false,
    }
}

/// Describes an error in a sentence. After a failed change it is not known whether the server has carried it out.
pub(super) fn report(address: &Address, is_get: bool, error: &Error) -> CliError {
    let doubt = if is_get {
        "Try again."
    } else {
        "The change may have been applied. Check before you try again."
    };
    CliError::Failed(match error {
        Error::HostNotFound => {
            format!("{address} cannot be reached: unknown host. Check the URL.")
        }
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            format!("{address} cannot be reached: connection timed out. Check the URL.")
        }
        Error::Timeout(_) => format!("{address} did not respond in time. {doubt}"),
        error if is_cut(error) => {
            format!("The connection to {address} closed before the response was complete. {doubt}")
        }
        Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
            unsafe_way(address, cause)
        }
        Error::Tls(cause) => unsafe_way(address, cause),
        Error::Rustls(cause) => unsafe_way(address, cause),
        Error::Io(cause) => format!(
            "{address} cannot be reached: {cause}. Check the URL, and that the server is running."
        ),
        Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::BodyExceedsLimit(_) => {
            unknown_server(address, "invalid HTTP response")
        }
        other => format!("The request to {address} failed: {other}."),
    })
}

fn unsafe_way(address: &Address, cause: &impl ToString) -> String {
    format!(
        "Cannot connect securely to {address}: {}. Check the URL. If its certificate is from a private CA, set SSL_CERT_FILE \
         to a file with the CA certificate.",
        shorten(&cause.to_string())
    )
}
