//! Sign-in by username and password.

mod identified;

use db::users::Credentials;
use domain::{
    credentials::SignInDraft,
    error::{Conflict, Forbidden, Unauthenticated},
    sessions::failed::SignInFailure,
    users::{Status, UserBrief, UserId},
};
use secrecy::SecretString;
use tower_sessions::Session;

use crate::{
    Error, Services, access::Origin, failed_sign_ins, known_device, passwords::Verdict, reset,
    sessions, throttle::Attempt, users,
};

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
    let account = check_credentials(services, draft, &origin).await?;
    if account.must_change_password {
        let link = reset::create_own_link(services, &account, origin).await?;
        return Err(Error::PasswordChangeRequired(link));
    }
    known_device::remember(services, account.id, &origin.device).await?;
    sessions::start(services, session, &account, remember, origin).await?;
    Ok(UserBrief {
        id: UserId(account.id),
        is_admin: account.is_admin,
        username: account.username,
        email: account.email,
        display_name: account.display_name,
    })
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
    let account = check_credentials(services, draft, &origin).await?;
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

/// Verifies a username and a password, as one attempt to sign in. A failed attempt is reported to the failed sign-ins,
/// whatever request it came with.
async fn check_credentials(
    services: &Services,
    draft: SignInDraft,
    origin: &Origin,
) -> Result<Credentials, Error> {
    draft.check().map_err(Error::Invalid)?;
    let account = db::users::find_credentials(&services.pool, draft.username.trim()).await?;
    let user = account.as_ref().map(|account| account.id);
    let report = |account: Option<&Credentials>, reason| {
        failed_sign_ins::report(services, account, origin, reason);
    };
    let attempt = Attempt::to_sign_in(services, &draft.username, user, origin).await;
    if matches!(attempt, Err(Error::TooMany(_))) {
        report(account.as_ref(), SignInFailure::Throttled);
    }
    let attempt = attempt?;
    // An unknown username is verified against no hash, which takes as long as a real comparison.
    let stored = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let password = SecretString::from(draft.password);
    let verified = services
        .hasher
        .verify(attempt.asker(), password, stored.clone());
    let verdict = match verified.await {
        // A comparison that could not run must not count as a failed attempt.
        Ok(verdict) => verdict,
        Err(error) => {
            attempt.cancel(services).await?;
            return Err(error);
        }
    };
    let is_wrong = verdict == Verdict::Wrong;
    let mut account = match account {
        Some(account) if !is_wrong => account,
        account => {
            let reason = match account {
                Some(_) => SignInFailure::WrongPassword,
                None => SignInFailure::UnknownUsername,
            };
            report(account.as_ref(), reason);
            attempt.fail(services).await?;
            return Err(Error::Unauthenticated(Unauthenticated::InvalidCredentials));
        }
    };
    attempt.succeed(services).await?;
    // The stored hash is outdated: it is replaced while the password is available.
    if let (Verdict::RightButWeak(stronger), Some(weak)) = (verdict, &stored) {
        db::users::set_rehashed(&services.pool, account.id, weak, &stronger).await?;
        account.password_hash = Some(stronger);
    }
    let usable = check_usable(services, &account).await;
    match &usable {
        Err(Error::Suspended(_)) => report(Some(&account), SignInFailure::Suspended),
        Err(Error::Forbidden(_)) => report(Some(&account), SignInFailure::Pending),
        _ => {}
    }
    usable.map(|()| account)
}

async fn check_usable(services: &Services, account: &Credentials) -> Result<(), Error> {
    match (account.status, &account.suspension) {
        (Status::Active, _) => Ok(()),
        (Status::Suspended, _) if account.suspension_over => {
            // The job that lifts suspensions runs at intervals; a sign-in after the end lifts it at once.
            users::clear_suspension_if_expired(services, account.id).await
        }
        (Status::Suspended, Some(suspension)) => Err(Error::Suspended(suspension.clone().into())),
        (Status::Suspended, None) | (Status::Pending, _) => {
            Err(Error::Forbidden(Forbidden::ApprovalPending))
        }
    }
}
