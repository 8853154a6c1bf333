//! Deletion of the caller's own account, where the settings allow it.

use domain::{
    error::Forbidden,
    message::Message,
    policy::{self, Denied},
    users::deletion::{Deletion, DeletionPreview, OwnedCounts},
};

use super::{SIGNED_OUT, actor, check_version, open, proof::Proof};
use crate::{
    Error, Services,
    access::Caller,
    users::delete::{apply, count},
};

const NOT_ALLOWED: Error = Error::Forbidden(Forbidden::OwnDeletionDisabled);

/// Returns the reason why the caller cannot delete the own account, if there is one; the page shows it instead of the form.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn deletion_denied(
    services: &Services,
    caller: &Caller,
) -> Result<Option<Message>, Error> {
    if !services.settings.allow_account_deletion {
        return Ok(Some(NOT_ALLOWED.into()));
    }
    let id = caller.principal.id.0;
    let target = db::users::account::find_target(&services.pool, id).await?;
    let denied = policy::own_deletion_denied(&target.ok_or(SIGNED_OUT)?);
    Ok(denied.map(Denied::message))
}

/// Counts what would be deleted with the caller's account, with the end of the restore period and the reason of a denial.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn preview(services: &Services, caller: &Caller) -> Result<DeletionPreview, Error> {
    let denied = deletion_denied(services, caller).await?;
    count(services, caller.principal.id.0, denied).await
}

/// Deletes the caller's own account: it can be restored, like any deleted account. `counts` is what the preview showed;
/// None skips the comparison. `version` is that of the account that was shown, likewise.
///
/// # Errors
/// [`Error::Forbidden`] where the settings do not allow it, [`Error::Denied`] for the last administrator,
/// [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`] and [`Error::TooMany`] of the password check,
/// [`Error::Stale`] when the account has another version, [`Error::CountsChanged`] when the data to delete differs from
/// `counts`.
pub async fn delete(
    services: &Services,
    caller: &Caller,
    current_password: &str,
    version: Option<i32>,
    counts: Option<OwnedCounts>,
) -> Result<(), Error> {
    if !services.settings.allow_account_deletion {
        return Err(NOT_ALLOWED);
    }
    let proof = Proof::of(services, caller, Some(current_password)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the lock of administrators comes before any row, as in every transaction.
    db::users::lock_admins(&mut transaction).await?;
    let account = open(&mut transaction, caller).await?;
    proof.confirm(&mut transaction, caller).await?;
    let target = db::users::account::find_target(&mut *transaction, account.id).await?;
    if let Some(denied) = policy::own_deletion_denied(&target.ok_or(SIGNED_OUT)?) {
        return Err(denied.into());
    }
    check_version(&mut transaction, caller, &account, version).await?;
    let deletion = Deletion {
        counts,
        permanent: false,
    };
    let actor = actor(caller);
    let audited = apply(services, &mut transaction, &actor, &account, &deletion).await?;
    db::commit(transaction, audited).await?;
    services.work.notify_one();
    Ok(())
}
