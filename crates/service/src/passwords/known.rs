//! Passwords that somebody else has chosen for an account. A user who kept one would share a lasting password with them.

use domain::{credentials::PasswordError, fields::FieldErrors};
use secrecy::SecretString;
use uuid::Uuid;

use super::Asker;
use crate::{Error, Services};

/// Refuses a new password that is one of the latest temporary ones of the account. A password that the user has chosen is not
/// compared: the answer would tell the holder of a link whether they have guessed it.
///
/// # Errors
/// [`Error::Invalid`] when it is one, [`Error::TooMany`] when too many hashes wait already.
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
        errors.add("password", PasswordError::Known.to_string());
        return Err(Error::Invalid(errors));
    }
    Ok(())
}
