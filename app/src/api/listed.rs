//! Response type of the list functions.

use domain::{list::ParameterError, problem::Problem};
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use crate::text;

/// Response of a list function: the requested list, or the error in its filter. An invalid filter never yields another
/// list, whose rows would be mistaken for the requested ones. Both are successful responses, because browsers report failed
/// requests as errors of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListResult<T> {
    /// The requested list.
    List(T),
    /// The filter is invalid.
    Invalid(Problem),
}

impl<T> ListResult<T> {
    /// Returns the list.
    ///
    /// # Errors
    /// Returns the problem with the filter.
    pub fn checked(self) -> Result<T, ApiError> {
        match self {
            Self::List(list) => Ok(list),
            Self::Invalid(problem) => Err(ApiError(problem)),
        }
    }
}

/// Returns the parsed query of a page's URL, whose names of parameters were checked.
///
/// # Errors
/// Returns the invalid parameter. While the server renders a page, the response gets the status of the error.
pub fn check_params<P>(checked: Result<P, ParameterError>) -> Result<P, ApiError> {
    checked.map_err(|error| {
        let problem = Problem::from(error);
        #[cfg(feature = "ssr")]
        let problem = super::ssr::with_status(problem);
        ApiError(text::message::of_problem(problem))
    })
}
