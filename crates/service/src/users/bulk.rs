//! One deed to several people at once: first who would change and who not, then exactly that or nothing.

use db::users::account::{self, Account};
use domain::{
    fields::FieldErrors,
    rules::Deed,
    users::{
        Status, UserId,
        bulk::{BULK_MAX, BulkAction, BulkItem, BulkOutcome, BulkRequest, Selected},
        deletion::Deletion,
    },
};

use super::{delete, guard, sessions, suspend};
use crate::{
    Error, Services,
    access::{Author, Granted, WriteUsers},
};

/// Does something to several people, or tells who would change if `expected` is absent. All of it is one transaction.
///
/// # Errors
/// [`Error::SelectionChanged`] when others would change than `expected` says, [`Error::Invalid`] for fields at fault.
pub async fn bulk(
    services: &Services,
    granted: &Granted<WriteUsers>,
    mut request: BulkRequest,
) -> Result<BulkOutcome, Error> {
    let author = granted.author();
    request.users.sort_by_key(|selected| selected.id);
    request.users.dedup_by_key(|selected| selected.id);
    if request.users.is_empty() || request.users.len() > BULK_MAX {
        let mut faults = FieldErrors::default();
        faults.add("users", format!("Select 1 to {BULK_MAX} people."));
        return Err(Error::Invalid(faults));
    }
    if let BulkAction::Suspend(draft) = request.action {
        let draft = draft.check((services.clock)()).map_err(Error::Invalid)?;
        request.action = BulkAction::Suspend(draft);
    }
    let mut transaction = db::begin(&services.pool).await?;
    db::users::lock_admins(&mut transaction).await?;
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(request.users.len()),
    };
    for selected in &request.users {
        let item = one(
            services,
            &mut transaction,
            author,
            &request.action,
            selected,
        )
        .await?;
        outcome.changed += usize::from(item.skipped.is_none());
        outcome.items.push(item);
    }
    match request.expected {
        // Rolled back: nothing has happened.
        None => {}
        Some(expected) if expected != outcome.changed => {
            return Err(Error::SelectionChanged(Box::new(outcome)));
        }
        Some(_) => {
            db::commit(transaction).await?;
            services.work.notify_one();
        }
    }
    Ok(outcome)
}

async fn one(
    services: &Services,
    transaction: &mut db::Transaction,
    author: &Author,
    action: &BulkAction,
    selected: &Selected,
) -> Result<BulkItem, Error> {
    let skipped = |username: String, why: String| BulkItem {
        id: UserId(selected.id),
        username,
        skipped: Some(why),
    };
    let Some(account) = account::lock(transaction, selected.id).await? else {
        return Ok(skipped(
            String::new(),
            "There is no such account any more.".to_owned(),
        ));
    };
    if let Err(why) = may(transaction, author, action, &account, selected).await? {
        return Ok(skipped(account.username, why));
    }
    match action {
        BulkAction::Suspend(draft) => suspend::apply(transaction, author, &account, draft).await?,
        BulkAction::Unsuspend => suspend::lift(transaction, author, &account).await?,
        BulkAction::EndSessions => drop(sessions::apply(transaction, author, &account).await?),
        BulkAction::Delete => {
            let deletion = Deletion::default();
            delete::apply(services, transaction, author, &account, &deletion).await?;
        }
    }
    Ok(BulkItem {
        id: UserId(selected.id),
        username: account.username,
        skipped: None,
    })
}

/// Why nothing is done to somebody.
async fn may(
    transaction: &mut db::Transaction,
    author: &Author,
    action: &BulkAction,
    account: &Account,
    selected: &Selected,
) -> Result<Result<(), String>, Error> {
    let (deed, senseless) = match action {
        BulkAction::Suspend(_) => (
            Deed::Suspend,
            (account.status != Status::Active).then_some("Is not active."),
        ),
        BulkAction::Unsuspend => (
            Deed::Unsuspend,
            (account.status != Status::Suspended).then_some("Is not suspended."),
        ),
        BulkAction::EndSessions => (Deed::EndSessions, None),
        BulkAction::Delete => (Deed::Delete, None),
    };
    if account.deleted_at.is_some() {
        return Ok(Err("Is deleted already.".to_owned()));
    }
    if let Some(why) = senseless {
        return Ok(Err(why.to_owned()));
    }
    if account.version != selected.version {
        return Ok(Err("Was changed by somebody else meanwhile.".to_owned()));
    }
    let standing = account::find_standing(&mut **transaction, account.id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    Ok(guard::refuse(author, deed, &standing).map_err(|error| error.to_string()))
}
