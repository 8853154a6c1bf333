//! Temporary passwords that were set for an account by another user. Reused as a permanent one, such a password would stay
//! known to both.

use domain::{credentials::PasswordError, fields::FieldErrors};
use secrecy::SecretString;
use uuid::Uuid;

use super::Asker;
use crate::{Error, Services};

/// Denies a new password that is one of the latest temporary passwords of the account. Passwords that the user has chosen
/// are not compared: the response would disclose to the holder of a link whether a guess is correct.
///
/// # Errors
/// [`Error::Invalid`] when the password is a temporary one, [`Error::TooMany`] when the queue is full.
pub(crate) async fn check(services: &Services, user: Uuid, password: &str) -> Result<(), Error> {
    let hashes = db::users::list_known_passwords(&services.pool, user).await?;
    let password = SecretString::from(password);
    let asker = Asker::Account(user);
    if services
        .hasher
        .matches_any(asker, &password, hashes)
        .await?
    {
        let mut errors = FieldErrors::default();
        errors.add("password", PasswordError::Known);
        return Err(Error::Invalid(errors));
    }
    Ok(())
}
