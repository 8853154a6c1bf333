//! Connection errors of requests to a server, as an operator reads them.

use std::io;

use ureq::{Error, Timeout};

use super::{
    address::Address,
    answer::{shorten, stranger},
};
use crate::cli::fault::Fault;

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
pub(super) fn tell(address: &Address, is_get: bool, error: &Error) -> Fault {
    let doubt = if is_get {
        "Try again."
    } else {
        "It may have been done all the same: look before you try again."
    };
    Fault::Failed(match error {
        Error::HostNotFound => {
            format!("{address} cannot be reached: its name is not known. Check the address.")
        }
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            format!("{address} cannot be reached: nothing answers there. Check the address.")
        }
        Error::Timeout(_) => format!("{address} did not answer in time. {doubt}"),
        error if is_cut(error) => {
            format!("The connection to {address} was cut before the answer was whole. {doubt}")
        }
        Error::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
            unsafe_way(address, cause)
        }
        Error::Tls(cause) => unsafe_way(address, cause),
        Error::Rustls(cause) => unsafe_way(address, cause),
        Error::Io(cause) => format!(
            "{address} cannot be reached: {cause}. Check the address, and that the server runs."
        ),
        Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::BodyExceedsLimit(_) => {
            stranger(address, "what it sends is not understood")
        }
        other => format!("{address} cannot be asked: {other}."),
    })
}

fn unsafe_way(address: &Address, cause: &impl ToString) -> String {
    format!(
        "There is no safe connection to {address}: {}. Check the address; where the certificate is of an authority of your \
         own, name a file with that authority's in SSL_CERT_FILE.",
        shorten(&cause.to_string())
    )
}
