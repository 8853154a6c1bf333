//! The argument of a command that names a user.

use std::convert::Infallible;

use domain::users::detail::{UserDetail, UserRef};

use crate::{
    cli::{
        backend::Backend,
        error::{CliError, NO_SUCH_USER},
    },
    failure::BoxError,
};

/// Argument that names a user.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct UserArg {
    /// Number, id or username of the user. Digits alone are a username first; `number:112` is a number.
    #[arg(value_name = "ID", value_parser = reference)]
    id: UserRef,
}

/// Parses a reference to a user. Every text is one; the database decides whether such a user exists.
pub(in crate::cli) fn reference(text: &str) -> Result<UserRef, Infallible> {
    Ok(UserRef::parse(text))
}

impl UserArg {
    /// Returns the user; a deleted one is not found.
    pub(in crate::cli) async fn find(&self, backend: &Backend) -> Result<UserDetail, BoxError> {
        let user = self.find_any(backend).await?;
        if user.deleted_at.is_none() {
            return Ok(user);
        }
        let named = UserRef::naming(&user.summary.username);
        Err(format!(
            "{NO_SUCH_USER}: the user was deleted. To restore it, run `rollcall user restore {named}`."
        )
        .into())
    }

    /// Returns the user, deleted or not.
    pub(super) async fn find_any(&self, backend: &Backend) -> Result<UserDetail, CliError> {
        backend.find(&self.id).await
    }
}
