//! Why a command was not carried out, as an operator reads it.

use std::fmt;

use domain::{
    fields::FieldErrors,
    problem::{Code, Problem},
};
use service::Error;

/// Guide 001's text.
pub(super) const NO_SUCH_USER: &str = "The user with this id does not exist in the system";

/// Why a command was not carried out, whether services here were asked or those of a server.
#[derive(Debug)]
pub(super) enum Fault {
    /// They say why not.
    Refused(Problem),
    /// They could not say: a sentence about what failed.
    Failed(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            // There is no log to look into, and whoever runs this may read the database anyway.
            Error::Unavailable(cause) | Error::Internal(cause) => Self::Failed(cause.to_string()),
            other => Self::Refused(other.into_problem()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) if problem.error == Code::NotFound => f.write_str(NO_SUCH_USER),
            Self::Refused(problem) if problem.details.fields.is_empty() => {
                f.write_str(&problem.message)
            }
            Self::Refused(problem) => f.write_str(&lines(&problem.details.fields)),
            Self::Failed(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Whether what is listed was asked for in words that are not understood. A form at fault names its fields.
    pub(super) fn is_not_understood(&self) -> bool {
        matches!(
            self,
            Self::Refused(problem)
                if problem.error == Code::ValidationError && problem.details.fields.is_empty()
        )
    }

    /// Whether there is no such thing.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.error == Code::NotFound)
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
