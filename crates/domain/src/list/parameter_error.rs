//! Error of the names of parameters.

use super::{ListError, shorten};
use crate::{message::Message, messages};

/// Reason why the names of a URL's parameters are invalid. A page checks them before it requests a list, whose other errors it
/// receives from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterError {
    /// An unknown parameter.
    Unknown(String),
    /// A parameter that occurs more than once.
    Repeated(String),
}

impl ParameterError {
    /// Returns the message for the client.
    #[must_use]
    pub fn message(&self) -> Message {
        let quoted = format!("{:?}", shorten(self.name()));
        match self {
            Self::Unknown(_) => messages::list_parameter(quoted),
            Self::Repeated(_) => messages::list_repeated(quoted),
        }
    }

    /// Returns the name of the parameter.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown(name) | Self::Repeated(name) => name,
        }
    }
}

impl From<ParameterError> for ListError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}
