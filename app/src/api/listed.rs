//! What the function behind a list answers.

use domain::{list::ListError, problem::Problem};
use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// The list that was asked for, or what of the filter was not understood. There is never another list in its place: its rows
/// would be taken for those that were asked for. Both are answers that succeed, because browsers report refused requests as
/// errors of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Listed<T> {
    /// The list.
    List(T),
    /// What was not understood.
    NotUnderstood(Problem),
}

impl<T> Listed<T> {
    /// Returns the list.
    ///
    /// # Errors
    /// What was not understood.
    pub fn understood(self) -> Result<T, ApiError> {
        match self {
            Self::List(list) => Ok(list),
            Self::NotUnderstood(problem) => Err(ApiError(problem)),
        }
    }
}

/// Returns what a list is asked by the address of its page.
///
/// # Errors
/// The parameter that was not understood. A page that is drawn for it has its status.
pub fn asked<P>(checked: Result<P, ListError>) -> Result<P, ApiError> {
    checked.map_err(|error| {
        let problem = Problem::from(error);
        #[cfg(feature = "ssr")]
        let problem = super::ssr::told(problem);
        ApiError(problem)
    })
}
