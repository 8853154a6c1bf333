//! Of whom a command speaks.

use std::convert::Infallible;

use domain::users::detail::{UserDetail, UserRef};

use crate::cli::{
    Failure,
    fault::{Fault, NO_SUCH_USER},
    place::Place,
};

/// A person as an argument.
#[derive(Debug, clap::Args)]
pub(super) struct Who {
    /// Number, id or username of the person. Digits alone are a username first; `number:112` is a number.
    #[arg(value_name = "ID", value_parser = reference)]
    id: UserRef,
}

/// Reads a reference. Every text is one; whether it is anybody's is for the database to say.
pub(super) fn reference(text: &str) -> Result<UserRef, Infallible> {
    Ok(UserRef::parse(text))
}

impl Who {
    /// Their account, unless it is in the bin.
    pub(super) async fn find(&self, place: &Place) -> Result<UserDetail, Failure> {
        let user = self.find_any(place).await?;
        if user.deleted_at.is_none() {
            return Ok(user);
        }
        let named = UserRef::naming(&user.summary.username);
        Err(format!(
            "{NO_SUCH_USER}: it was deleted, and `rollcall user restore {named}` brings it back."
        )
        .into())
    }

    /// Their account, in the bin or not.
    pub(super) async fn find_any(&self, place: &Place) -> Result<UserDetail, Fault> {
        place.find(&self.id).await
    }
}
