//! Confirmation of the current password by a signed-in user.

use db::users::find_credentials;
use domain::sessions::failed::SignInFailure;
use secrecy::SecretString;

use crate::{
    Error, Services, access::Caller, failed_sign_ins::report_confirmation, passwords::Verdict,
    throttle::Attempt,
};

/// Proof that the caller knows the password of the account.
pub(super) struct Proof {
    /// Stored hash that the password was compared with.
    hash: String,
}

impl Proof {
    /// Compares the typed password with the stored hash. Wrong passwords are counted per session and delay the next attempt
    /// there.
    ///
    /// # Errors
    /// [`Error::CurrentPasswordRequired`] when nothing was typed, [`Error::CurrentPasswordWrong`] when the password is
    /// wrong, [`Error::TooMany`] after too many wrong ones.
    pub(super) async fn of(
        services: &Services,
        caller: &Caller,
        typed: Option<&str>,
    ) -> Result<Self, Error> {
        let typed = typed
            .filter(|typed| !typed.is_empty())
            .ok_or(Error::CurrentPasswordRequired)?;
        let attempt = Attempt::in_session(services, caller).await;
        if matches!(attempt, Err(Error::TooMany(_))) {
            report_confirmation(caller, SignInFailure::Throttled);
        }
        let attempt = attempt?;
        let mut connection = db::acquire(&services.pool).await?;
        let stored = Self::find(&mut connection, caller).await?;
        // The hash takes long: the connection goes back to the pool first.
        drop(connection);
        let typed = SecretString::from(typed);
        let verified = services
            .hasher
            .verify(attempt.asker(), typed, stored.clone());
        // A comparison that could not run must not count as a wrong password.
        let verdict = match verified.await {
            Ok(verdict) => verdict,
            Err(error) => {
                attempt.cancel(services).await?;
                return Err(error);
            }
        };
        match stored {
            Some(hash) if verdict != Verdict::Wrong => {
                attempt.succeed(services).await?;
                Ok(Self { hash })
            }
            Some(_) | None => {
                report_confirmation(caller, SignInFailure::WrongPassword);
                attempt.fail(services).await?;
                Err(Error::CurrentPasswordWrong)
            }
        }
    }

    /// Compares the stored hash again under the lock of the account: the password can have been changed since.
    ///
    /// # Errors
    /// [`Error::CurrentPasswordWrong`] when it was changed.
    pub(super) async fn confirm(
        &self,
        transaction: &mut db::Transaction,
        caller: &Caller,
    ) -> Result<(), Error> {
        let stored = Self::find(transaction, caller).await?;
        if stored.as_ref() == Some(&self.hash) {
            Ok(())
        } else {
            Err(Error::CurrentPasswordWrong)
        }
    }

    /// Returns the stored hash of the caller's password. None without a password.
    async fn find(
        connection: &mut db::PgConnection,
        caller: &Caller,
    ) -> Result<Option<String>, Error> {
        let account = find_credentials(connection, &caller.principal.username).await?;
        Ok(account
            .filter(|account| account.id == caller.principal.id.0)
            .and_then(|account| account.password_hash))
    }
}
