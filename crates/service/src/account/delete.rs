//! Deleting one's own account, where that is allowed.

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

const NOT_ALLOWED: Error =
    Error::Forbidden("Here only an administrator deletes accounts. Ask one to delete yours.");

/// Why one cannot delete one's own account, if one cannot: to be said before anything is typed.
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

/// What goes with one's own account, until when it could be restored, and why it cannot be deleted if it cannot.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn preview(services: &Services, actor: &Actor) -> Result<DeletionPreview, Error> {
    let refusal = deletion_refusal(services, actor).await?;
    count(services, actor.principal.id.0, refusal).await
}

/// Deletes one's own account: into the bin, like any other. `counts` is what was shown, where something was.
///
/// # Errors
/// [`Error::Forbidden`] where it is not allowed, [`Error::Refused`] for the last administrator,
/// [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`] and [`Error::TooMany`] as its password is needed,
/// [`Error::CountsChanged`] when there is something else to delete than was shown.
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
    // Before any row, as everywhere.
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
