//! URLs of the list of access tokens.

use domain::{access_tokens::list::TokenParams, list::PageParams, users::detail::UserRef};

use super::with_selected;
use crate::api::access_tokens::ALL;

/// Returns the URL of the list for the parameters.
pub(crate) fn href(params: &TokenParams) -> String {
    with_selected(ALL, params.pairs().into_iter(), &[])
}

/// Returns the URL of the list of a user's tokens.
pub(crate) fn of_user(username: &str) -> String {
    href(&TokenParams {
        user: Some(UserRef::naming(username)),
        ..TokenParams::default()
    })
}
