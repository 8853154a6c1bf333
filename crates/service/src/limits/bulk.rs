//! Limits of several users at once: a preview of the users, then exactly those or none.

use std::collections::BTreeMap;

use db::{limits as rows, users::account::Account};
use domain::{
    action::Action,
    limits::{Limit, LimitBulkRequest, NewLimit, NewUserLimits, SubjectKind},
    message::Message,
    messages,
    users::{
        UserId,
        bulk::{BulkItem, BulkOutcome, Selected},
    },
};
use serde_json::Value;
use uuid::Uuid;

use super::{changes_of, is_zone, remove, store};
use crate::{
    Error, Services,
    access::{Actor, Authorized, LimitsWrite},
    audit::{self, Audited, Batch, Changes},
    guard::{self, TargetRef},
    users::bulk::remove_repeated,
};

/// Change of the limit of one of the users.
struct Write {
    /// The stored limit.
    before: Option<Limit>,
    /// The limit in its place, unless it is deleted.
    limit: NewLimit,
    /// Changed values.
    changes: Changes,
}

/// Sets a limit of each of several users, or deletes those of the users' own, in one transaction. Without `expected` it only reports the
/// outcome and changes nothing. A user that is named twice counts once. A user who has the limit already counts as changed, without an
/// audit log entry.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of users would differ from `expected`, [`Error::TargetMismatch`] when an id and the
/// username shown with it belong to different users, [`Error::Invalid`] with the field errors.
pub async fn put_many(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    mut request: LimitBulkRequest,
) -> Result<BulkOutcome, Error> {
    let ids = remove_repeated(&mut request.users);
    let limits = request.check(is_zone).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let accounts = guard::lock_all(&mut transaction, ids).await?;
    let outcome = outcome(&request.users, &accounts)?;
    match request.expected {
        // A preview: the transaction is rolled back on drop.
        None => return Ok(outcome),
        Some(expected) if expected != outcome.changed => {
            return Err(Error::SelectionChanged(Box::new(outcome)));
        }
        Some(_) => {}
    }
    let changed = outcome.items.iter().filter(|item| item.skipped.is_none());
    let users: Vec<Uuid> = changed.map(|item| item.id.0).collect();
    let writes = writes_of(&mut transaction, &limits, &users).await?;
    let actor = &begin(&mut transaction, &actor, &limits, writes.len()).await?;
    let mut audited = Audited::not_needed("every user has the limit already");
    for write in writes {
        audited = match &write.before {
            Some(before) if limits.inherits => remove(&mut transaction, actor, before).await?,
            before => {
                let change = (&write.limit, write.changes);
                let stored = store(&mut transaction, actor, before.as_ref(), change).await?;
                stored.1
            }
        };
    }
    db::commit(transaction, audited).await?;
    Ok(outcome)
}

/// Returns the users who get the limit, and the skipped ones with reasons.
fn outcome(
    selected: &[Selected],
    accounts: &BTreeMap<Uuid, Account>,
) -> Result<BulkOutcome, Error> {
    let mut outcome = BulkOutcome {
        changed: 0,
        items: Vec::with_capacity(selected.len()),
        restorable_until: None,
    };
    for selected in selected {
        let account = accounts.get(&selected.id);
        if let Some(account) = account {
            TargetRef::from(selected).check_username(&account.username)?;
        }
        let skipped = skipped(selected, account);
        outcome.changed += usize::from(skipped.is_none());
        outcome.items.push(BulkItem {
            id: UserId(selected.id),
            username: account.map_or_else(String::new, |account| account.username.clone()),
            skipped,
            lost: None,
        });
    }
    Ok(outcome)
}

/// Returns the reason why a user is skipped. None if the user gets the limit.
fn skipped(selected: &Selected, account: Option<&Account>) -> Option<Message> {
    match account {
        None => Some(messages::skipped_missing()),
        Some(account) if account.deleted_at.is_some() => Some(messages::skipped_deleted()),
        Some(account) if account.version != selected.version => Some(messages::skipped_changed()),
        Some(_) => None,
    }
}

/// Returns the changes of the limits of users, which it locks. Those that change nothing are left out.
async fn writes_of(
    transaction: &mut db::Transaction,
    limits: &NewUserLimits,
    users: &[Uuid],
) -> Result<Vec<Write>, Error> {
    let subjects = (SubjectKind::User, users);
    let stored = rows::lock_same_of(transaction, subjects, limits.values()).await?;
    let of_users = stored.into_iter();
    let of_users = of_users.filter_map(|limit| Some((limit.subject.id()?, limit)));
    let mut stored: BTreeMap<Uuid, Limit> = of_users.collect();
    let writes = users.iter().filter_map(|user| {
        let (before, limit) = (stored.remove(user), limits.of(*user));
        let changes = changes_of(before.as_ref(), &limit);
        let is_changed = if limits.inherits {
            before.is_some()
        } else {
            !changes.is_empty()
        };
        is_changed.then_some(Write {
            before,
            limit,
            changes,
        })
    });
    Ok(writes.collect())
}

/// Writes the parent event of a change of several limits. Returns the actor for the events of the single limits.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    limits: &NewUserLimits,
    users: usize,
) -> Result<Actor, Error> {
    if users < 2 {
        return Ok(actor.clone());
    }
    let limit = limits.values();
    let changes = Changes::default()
        .with("metric", Value::Null, limit.metric.as_str())
        .with("model", Value::Null, limit.model.as_deref());
    let (action, changes) = if limits.inherits {
        (Action::UsersLimitsDeleted, changes)
    } else {
        let amount = super::amount_text(limit.metric, limit.amount);
        let period = limit.period.map(|period| period.to_string());
        let changes =
            changes
                .with("amount", Value::Null, amount)
                .with("period", Value::Null, period);
        (Action::UsersLimitsSet, changes)
    };
    let batch = Batch {
        action,
        users: users as u64,
        label: &format!("{users} users"),
        changes,
        reason: None,
    };
    audit::write_batch(transaction, actor, batch).await
}
