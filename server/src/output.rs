//! Standard output, and readers that close it.

use std::io::{self, Write};

use crate::failure::BoxError;

/// Writes a line to standard output, for the operator or a program.
pub(crate) fn say(line: &str) -> Result<(), BoxError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Returns whether a command failed only because its reader has closed the pipe, as `head` does.
pub(crate) fn is_closed_pipe(error: &BoxError) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Ignores a closed pipe, for a command that continues without its reader.
pub(crate) fn ignore_closed_pipe(written: Result<(), BoxError>) -> Result<(), BoxError> {
    match written {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        written => written,
    }
}
