//! Deletion of the caller's own account, where the settings allow it.

use domain::{
    rules,
    users::deletion::{Deletion, DeletionPreview, OwnedCounts},
};

use super::{SIGNED_OUT, author, open, proof::Proof};
use crate::{
    Error, Services,
    access::Actor,
    users::delete::{apply, count},
};

const NOT_ALLOWED: Error = Error::Forbidden("Ask an administrator to delete your account.");

/// Returns the reason why the caller cannot delete the own account, if there is one; the page shows it instead of the form.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn deletion_refusal(services: &Services, actor: &Actor) -> Result<Option<String>, Error> {
    if !services.settings.allow_account_deletion {
        return Ok(Some(NOT_ALLOWED.to_string()));
    }
    let id = actor.principal.id.0;
    let standing = db::users::account::find_standing(&services.pool, id).await?;
    let refusal = rules::leaving_refusal(&standing.ok_or(SIGNED_OUT)?);
    Ok(refusal.map(|refusal| refusal.to_string()))
}

/// Counts what would be deleted with the caller's account, with the end of the restore period and the reason of a denial.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn preview(services: &Services, actor: &Actor) -> Result<DeletionPreview, Error> {
    let refusal = deletion_refusal(services, actor).await?;
    count(services, actor.principal.id.0, refusal).await
}

/// Deletes the caller's own account: it can be restored, like any deleted account. `counts` is what the preview showed;
/// None skips the comparison.
///
/// # Errors
/// [`Error::Forbidden`] where the settings do not allow it, [`Error::Refused`] for the last administrator,
/// [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`] and [`Error::TooMany`] of the password check,
/// [`Error::CountsChanged`] when the data to delete differs from `counts`.
pub async fn delete(
    services: &Services,
    actor: &Actor,
    current_password: &str,
    counts: Option<OwnedCounts>,
) -> Result<(), Error> {
    if !services.settings.allow_account_deletion {
        return Err(NOT_ALLOWED);
    }
    let proof = Proof::of(services, actor, Some(current_password)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the lock of administrators comes before any row, as in every transaction.
    db::users::lock_admins(&mut transaction).await?;
    let account = open(&mut transaction, actor).await?;
    proof.confirm(&mut transaction, actor).await?;
    let standing = db::users::account::find_standing(&mut *transaction, account.id).await?;
    if let Some(refusal) = rules::leaving_refusal(&standing.ok_or(SIGNED_OUT)?) {
        return Err(refusal.into());
    }
    let deletion = Deletion {
        counts,
        permanent: false,
    };
    let author = author(actor);
    apply(services, &mut transaction, &author, &account, &deletion).await?;
    db::commit(transaction).await?;
    services.work.notify_one();
    Ok(())
}
