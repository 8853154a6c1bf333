//! Registration by a new user.

use domain::{
    access::BuiltinRole,
    action::Action,
    credentials::AccountDraft,
    error::Forbidden,
    users::{CreatedVia, Status, UserBrief},
};

use crate::{
    Error, Services,
    access::Origin,
    own_account::{self, NewAccount},
    throttle,
};

/// Response text of FOVEA.
const DISABLED: Error = Error::Forbidden(Forbidden::RegistrationDisabled);

/// Creates an account for an unauthenticated client, if registration is enabled. It starts no session, and the account gets
/// only the role `user`. The response does not disclose whether another account has the email address. `trap` is the value
/// of a hidden form field: bots fill it in, and password managers at times, so the error text gives advice and does not
/// claim that the account exists.
///
/// # Errors
/// [`Error::Forbidden`] when registration is disabled, [`Error::Invalid`] with all field errors at once, except that an easily
/// guessed password is reported when there is no other error, [`Error::Taken`] when the username is taken, [`Error::TooMany`]
/// after too many forms from the same network.
pub async fn register(
    services: &Services,
    draft: AccountDraft,
    trap: &str,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let settings = &services.settings;
    if !settings.allow_registration {
        return Err(DISABLED);
    }
    // Typing errors cost nothing, and do not count.
    let known = own_account::check_password(services, &draft);
    draft
        .clone()
        .check_registration(trap, settings.password_min, known)
        .map_err(Error::Invalid)?;
    // All other forms count, accepted or not: the estimate of a password can take longer than its hash.
    throttle::check_registration_limit(services, &origin).await?;
    let strength = own_account::estimate(services, &draft, &origin).await?;
    let applicant = draft
        .check_registration(trap, settings.password_min, strength)
        .map_err(Error::Invalid)?;
    let hash = own_account::hash(services, &applicant, &origin).await?;
    let waits = settings.registration_approval;
    let mut transaction = db::begin(&services.pool).await?;
    let roles = db::roles::list_builtin(&mut *transaction, &[BuiltinRole::User]).await?;
    let account_origin = NewAccount {
        action: Action::UserRegistered,
        status: if waits {
            Status::Pending
        } else {
            Status::Active
        },
        via: CreatedVia::Registration,
        invited_by: None,
        roles: &roles,
        from: origin.ip.filter(|_| waits),
    };
    let (user, audited) =
        own_account::create(&mut transaction, &applicant, &hash, account_origin, origin).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(user)
}
