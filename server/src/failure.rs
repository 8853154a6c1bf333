//! Errors of the program.

/// Error of a command: one sentence for the operator.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
