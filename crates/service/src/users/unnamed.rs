//! Creation of users without a username of their own.

use domain::{
    fields::FieldErrors,
    messages,
    users::{create::UserDraft, detail::CreatedUser, unnamed::username_candidates},
};

use super::{create, create_pending};
use crate::{
    Error, Services,
    access::{Authorized, UsersWrite},
};

/// Number of free usernames to try: another request can take one meanwhile, and one can look like the name of another user.
const TRIES: i64 = 3;

/// Creates an account as [`create()`] does, or as [`create_pending`] does, with a username that is derived from the email address and that no
/// other user has. The username of the draft does not count.
///
/// # Errors
/// As [`create()`].
pub async fn create_unnamed(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    draft: UserDraft,
    is_pending: bool,
) -> Result<CreatedUser, Error> {
    let candidates = username_candidates(&draft.email);
    let free = db::users::list_free_usernames(&services.pool, &candidates, TRIES).await?;
    let mut denied = none_free();
    for username in free {
        let named = UserDraft {
            username,
            ..draft.clone()
        };
        let created = if is_pending {
            create_pending(services, authorized, named).await
        } else {
            create(services, authorized, named).await
        };
        match created {
            Err(error) if error.is_about("username") => denied = error,
            done => return done,
        }
    }
    Err(denied)
}

fn none_free() -> Error {
    let mut errors = FieldErrors::default();
    errors.add("username", messages::username_exists());
    Error::Taken(errors)
}
