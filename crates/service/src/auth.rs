//! Sign-in by username and password.

mod identified;

use domain::{credentials::SignInDraft, error::Conflict, users::UserBrief};
use tower_sessions::Session;

use crate::{Error, Services, access::Origin, reset, sessions, sign_in_check};

pub use identified::sign_in_identified;

/// Signs a user in. The response and its time do not disclose whether the username or the password was wrong; that an
/// account is pending or suspended is disclosed only with the correct password.
///
/// # Errors
/// [`Error::Invalid`] for empty or oversized fields, [`Error::Unauthenticated`] for wrong credentials, [`Error::TooMany`]
/// after too many failed attempts, [`Error::Forbidden`] and [`Error::Suspended`] when the account cannot be used,
/// [`Error::PasswordChangeRequired`] when the password is a temporary one.
pub async fn sign_in(
    services: &Services,
    session: &Session,
    draft: SignInDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let remember = draft.remember;
    let account = sign_in_check::verify(services, draft, &origin).await?;
    sessions::start(services, session, &account, remember, origin).await?;
    Ok(sign_in_check::brief(account))
}

/// Replaces a temporary password by one that the user has chosen, in one request: for programs. It starts no session.
///
/// # Errors
/// As [`sign_in`] for the temporary password, [`Error::Conflict`] when the password is not a temporary one,
/// [`Error::Invalid`] when the new one is rejected: the temporary password stays valid then.
pub async fn replace_temporary(
    services: &Services,
    draft: SignInDraft,
    new_password: &str,
    origin: Origin,
) -> Result<(), Error> {
    const LASTING: Error = Error::Conflict(Conflict::PasswordNotTemporary);
    let account = sign_in_check::check_credentials(services, draft, &origin).await?;
    if !account.must_change_password {
        return Err(LASTING);
    }
    let link = reset::create_own_link(services, &account, origin.clone()).await?;
    let choice = reset::Choice {
        password: new_password,
        password_again: new_password,
        revoke_tokens: false,
    };
    let chosen = reset::choose_password(services, link.token(), choice, origin).await;
    chosen.map_err(|error| match error {
        // `password` is the temporary one here.
        Error::Invalid(errors) => Error::Invalid(errors.renamed(|_| "new_password".to_owned())),
        other => other,
    })
}
