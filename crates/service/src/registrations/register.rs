//! Registering.

use domain::{
    access::USER_ROLE,
    credentials::AccountDraft,
    users::{CreatedVia, Status, UserBrief},
};

use crate::{
    Error, Services,
    access::Origin,
    own_account::{self, Making},
    throttle,
};

/// FOVEA's text.
const DISABLED: Error = Error::Forbidden("Registration is disabled");

/// Makes the account of whoever asks for one, if people may. Nobody is signed in by it, and nobody becomes more than a user.
/// Does not tell whether the address belongs to an account already. `trap` is what stands in the field that users do not see: programs fill it
/// in, and password managers at times, so the answer says what to do and does not claim that there is an account.
///
/// # Errors
/// [`Error::Forbidden`] when registration is off, [`Error::Invalid`] with every error at once, [`Error::Taken`] when the name
/// is taken, [`Error::TooMany`] when too many accounts were made from there lately.
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
    let person = draft
        .check_registration(trap, settings.password_min)
        .map_err(Error::Invalid)?;
    throttle::admit_registration(services, &origin).await?;
    let hash = own_account::hash(services, &person, &origin).await?;
    let waits = settings.registration_approval;
    let making = Making {
        action: "user.registered",
        status: if waits {
            Status::Pending
        } else {
            Status::Active
        },
        via: CreatedVia::Registration,
        invited_by: None,
        roles: &[USER_ROLE.to_owned()],
        from: origin.ip.filter(|_| waits),
    };
    let mut transaction = db::begin(&services.pool).await?;
    let user = own_account::make(&mut transaction, &person, &hash, making, origin).await?;
    db::commit(transaction).await?;
    services.work.notify_one();
    Ok(user)
}
