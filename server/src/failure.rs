//! Errors of the program.

/// Error of a command: one sentence for the operator.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
