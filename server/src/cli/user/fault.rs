//! Why a command was not carried out, as an operator reads it.

use std::{io, process::ExitCode};

use domain::fields::FieldErrors;
use service::Error;

use crate::cli::Failure;

/// Guide 001's text.
pub(super) const NO_SUCH_USER: &str = "The user with this id does not exist in the system";

/// Makes sentences of what services say. That nobody reads on, as `head` does not, is no failure.
pub(in crate::cli) fn explain(failure: Failure) -> Result<ExitCode, Failure> {
    let failure = match failure.downcast::<Error>() {
        Ok(error) => return Err(sentence(*error).into()),
        Err(other) => other,
    };
    let closed = failure
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
    if closed {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(failure)
    }
}

fn sentence(error: Error) -> String {
    match error {
        Error::NotFound(_) => NO_SUCH_USER.to_owned(),
        Error::Invalid(faults) | Error::Taken(faults) => lines(&faults),
        // There is no log to look into, and whoever runs this may read the database anyway.
        Error::Unavailable(cause) | Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

/// A line for each field, all with the name of the program in front.
fn lines(faults: &FieldErrors) -> String {
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", argument(&fault.field), fault.message))
        .collect();
    lines.join("\nrollcall: ")
}

/// What a field is called on the command line.
fn argument(field: &str) -> String {
    match field {
        "display_name" => "name".to_owned(),
        other => other.replace('_', "-"),
    }
}
