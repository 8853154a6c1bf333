//! Signing in and out.

use db::users::Credentials;
use domain::{
    access::ADMIN_ROLE,
    credentials::SignInDraft,
    users::{Status, UserBrief, UserId},
};
use secrecy::SecretString;
use tower_sessions::Session;

use crate::{
    Error, Services, access::Origin, known_device, passwords::Verdict, reset, sessions,
    throttle::Attempt, users,
};

/// Signs a person in. Which of name and password was wrong is not told, and takes no time to show; that an account waits or
/// is suspended is told only to whoever knows its password.
///
/// # Errors
/// [`Error::Invalid`] for empty or endless fields, [`Error::Unauthenticated`] for wrong ones, [`Error::TooMany`] when
/// too many were wrong lately, [`Error::Forbidden`] and [`Error::Suspended`] when the account cannot be used,
/// [`Error::PasswordChangeRequired`] when the password is a temporary one.
pub async fn sign_in(
    services: &Services,
    session: &Session,
    draft: SignInDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    draft.check().map_err(Error::Invalid)?;
    let account = db::users::find_credentials(&services.pool, draft.username.trim()).await?;
    let user = account.as_ref().map(|account| account.id);
    let attempt = Attempt::to_sign_in(services, &draft.username, user, &origin).await?;
    let kept = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let password = SecretString::from(draft.password);
    let verdict = match services.hasher.verify(password, kept.clone()).await {
        Ok(verdict) => verdict,
        Err(error) => {
            attempt.cancel(services).await?;
            return Err(error);
        }
    };
    let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
        attempt.fail(services).await?;
        return Err(Error::Unauthenticated("Invalid credentials"));
    };
    attempt.succeed(services).await?;
    let mut account = account;
    if let (Verdict::RightButWeak(stronger), Some(weak)) = (verdict, &kept) {
        db::users::set_rehashed(&services.pool, account.id, weak, &stronger).await?;
        account.password_hash = Some(stronger);
    }
    refuse_unusable(services, &account).await?;
    if account.must_change_password {
        let link = reset::create_own_link(services, &account, origin).await?;
        return Err(Error::PasswordChangeRequired(link));
    }
    known_device::remember(services, account.id, &origin.device).await?;
    sessions::start(services, session, &account, draft.remember, origin).await?;
    Ok(UserBrief {
        id: UserId(account.id),
        is_admin: account.roles.iter().any(|role| role == ADMIN_ROLE),
        username: account.username,
        email: account.email,
        display_name: account.display_name,
    })
}

async fn refuse_unusable(services: &Services, account: &Credentials) -> Result<(), Error> {
    match (account.status, &account.suspension) {
        (Status::Active, _) => Ok(()),
        (Status::Suspended, _) if account.suspension_over => {
            // The job that lifts it runs now and then; nobody waits for that.
            users::lift_if_over(services, account.id).await
        }
        (Status::Suspended, Some(suspension)) => Err(Error::Suspended(suspension.clone().into())),
        (Status::Suspended, None) | (Status::Pending, _) => Err(Error::Forbidden(
            "Your account is waiting for approval. You can sign in once an administrator has approved it.",
        )),
    }
}
