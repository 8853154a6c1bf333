//! That somebody knows the password of the account that they are signed in to.

use db::users::find_credentials;
use domain::sessions::failed::SignInFailure;
use secrecy::SecretString;

use crate::{
    Error, Services, access::Actor, failed_sign_ins::report_confirmation, passwords::Verdict,
    throttle::Attempt,
};

/// Somebody knows the password of their account.
pub(super) struct Proof {
    /// The hash that it was compared with.
    hash: String,
}

impl Proof {
    /// Compares what was typed. Wrong ones are counted for
    /// the session that they are typed in, and make the next one wait there.
    ///
    /// # Errors
    /// [`Error::CurrentPasswordRequired`] when nothing was typed, [`Error::CurrentPasswordWrong`] when it is another one,
    /// [`Error::TooMany`] after too many of them.
    pub(super) async fn of(
        services: &Services,
        actor: &Actor,
        typed: Option<&str>,
    ) -> Result<Self, Error> {
        let typed = typed
            .filter(|typed| !typed.is_empty())
            .ok_or(Error::CurrentPasswordRequired)?;
        let attempt = Attempt::in_session(services, actor).await;
        if matches!(attempt, Err(Error::TooMany(_))) {
            report_confirmation(actor, SignInFailure::Throttled);
        }
        let attempt = attempt?;
        let mut connection = db::acquire(&services.pool).await?;
        let kept = Self::find(&mut connection, actor).await?;
        // Nobody waits for a connection while a password is compared.
        drop(connection);
        let typed = SecretString::from(typed);
        let verified = services.hasher.verify(attempt.asker(), typed, kept.clone());
        let verdict = match verified.await {
            Ok(verdict) => verdict,
            Err(error) => {
                attempt.cancel(services).await?;
                return Err(error);
            }
        };
        match kept {
            Some(hash) if verdict != Verdict::Wrong => {
                attempt.succeed(services).await?;
                Ok(Self { hash })
            }
            Some(_) | None => {
                report_confirmation(actor, SignInFailure::WrongPassword);
                attempt.fail(services).await?;
                Err(Error::CurrentPasswordWrong)
            }
        }
    }

    /// Asks once more under the lock: there may be another password by now.
    ///
    /// # Errors
    /// [`Error::CurrentPasswordWrong`] when there is.
    pub(super) async fn confirm(
        &self,
        transaction: &mut db::Transaction,
        actor: &Actor,
    ) -> Result<(), Error> {
        let kept = Self::find(transaction, actor).await?;
        if kept.as_ref() == Some(&self.hash) {
            Ok(())
        } else {
            Err(Error::CurrentPasswordWrong)
        }
    }

    /// The hash that is kept of the password.
    async fn find(
        connection: &mut db::PgConnection,
        actor: &Actor,
    ) -> Result<Option<String>, Error> {
        let account = find_credentials(connection, &actor.principal.username).await?;
        Ok(account
            .filter(|account| account.id == actor.principal.id.0)
            .and_then(|account| account.password_hash))
    }
}
