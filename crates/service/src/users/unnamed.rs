//! Creation of users without a username of their own.

use domain::{
    fields::FieldErrors,
    identifiers::{Identifier, Namespace},
    messages,
    users::{Status, create::UserDraft, detail::CreatedUser, unnamed::username_candidates},
};
use uuid::Uuid;

use super::create::create_as;
use crate::{
    Error, Services,
    access::{Authorized, UsersWrite},
};

/// Number of free usernames to try: another request can take one meanwhile, and one can look like the name of another user.
const TRIES: i64 = 3;

/// Creates an account as [`create`](super::create()) does, with a username that no other user has. It is derived from the email address, or
/// without one from the identifier in another system, which is stored with the account. The username of the draft does not count. A pending
/// account cannot be used before it is approved, as a registration.
///
/// # Errors
/// As [`create`](super::create()), and [`Error::Taken`] with the error of the field `identifier` when another user has it, also a deleted
/// one.
pub async fn create_unnamed(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    draft: UserDraft,
    status: Status,
    identifier: Option<(&Namespace, &Identifier)>,
) -> Result<CreatedUser, Error> {
    let source = match identifier {
        Some((_, identifier)) if draft.email.trim().is_empty() => identifier.as_str(),
        Some(_) | None => &draft.email,
    };
    let candidates = username_candidates(source, Uuid::now_v7());
    let free = db::users::list_free_usernames(&services.pool, &candidates, TRIES).await?;
    let mut denied = none_free();
    for username in free {
        let named = UserDraft {
            username,
            ..draft.clone()
        };
        match create_as(services, authorized, named, (status, identifier)).await {
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
