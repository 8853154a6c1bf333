//! Problems of list parameters.

use super::{Code, Details, Problem};
use crate::list::{ListError, ParameterError};

impl ListError {
    /// Returns the part of the request that is invalid.
    #[must_use]
    pub fn details(&self) -> Details {
        let word = match self {
            Self::Filter(error) => Some((error.start, error.end)),
            _ => None,
        };
        Details {
            word,
            parameter: self.parameter().map(str::to_owned),
            ..Details::default()
        }
    }
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        let mut problem = Self::new(Code::ValidationError, error.message());
        *problem.details = error.details();
        problem
    }
}

impl From<ParameterError> for Problem {
    fn from(error: ParameterError) -> Self {
        let mut problem = Self::new(Code::ValidationError, error.message());
        problem.details.parameter = Some(error.name().to_owned());
        problem
    }
}
