//! Errors of commands, as an operator reads them.

use std::fmt;

use domain::{
    error::Entity,
    fields::FieldErrors,
    problem::{Code, Problem},
};
use service::Error;

/// Message for a user who is not found, in the words of guide 001.
pub(super) const NO_SUCH_USER: &str = "The user with this id does not exist in the system";

/// Error of a command, from the services of this process or from a server.
#[derive(Debug)]
pub(super) enum CliError {
    /// Denied or invalid: the problem has the reason.
    Problem(Problem),
    /// Failed for a technical reason: a sentence about it.
    Failed(String),
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        match error {
            // The cause is printed: a command has no server log to look into, and its operator may read the database anyway.
            Error::Unavailable(cause) | Error::Internal(cause) => Self::Failed(cause.to_string()),
            other => Self::Problem(other.into_problem()),
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) if problem.details.entity == Some(Entity::User) => {
                f.write_str(NO_SUCH_USER)
            }
            Self::Problem(problem) if problem.details.fields.is_empty() => {
                f.write_str(&problem.message)
            }
            Self::Problem(problem) => f.write_str(&lines(&problem.details.fields)),
            Self::Failed(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for CliError {}

impl CliError {
    /// Returns whether the arguments of a list are not understood, which exits with 2. An invalid form names its fields and exits
    /// with 1.
    pub(super) fn is_usage_error(&self) -> bool {
        matches!(
            self,
            Self::Problem(problem)
                if problem.error == Code::ValidationError && problem.details.fields.is_empty()
        )
    }

    /// Returns whether the resource does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.error == Code::NotFound)
    }
}

/// Formats one line per field, each with the name of the program in front; `run` adds it to the first line.
fn lines(errors: &FieldErrors) -> String {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", argument(&error.field), error.message))
        .collect();
    lines.join("\nrollcall: ")
}

/// Returns the name of the option for a field.
fn argument(field: &str) -> String {
    match field {
        "display_name" => "name".to_owned(),
        "groups" => "group".to_owned(),
        other => other.replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_object_is_named() {
        for (entity, says) in [
            (Entity::User, NO_SUCH_USER),
            (Entity::AccessToken, "Access token not found"),
            (Entity::Invitation, "Invitation not found"),
            (Entity::Job, "Job not found"),
        ] {
            let error = CliError::from(Error::NotFound(entity));
            assert_eq!(error.to_string(), says);
            assert!(error.is_not_found(), "{entity:?}");
        }
    }
}
