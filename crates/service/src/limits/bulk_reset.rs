//! Resets of what several users have used: a preview of the users, then exactly those or none.

use std::collections::BTreeMap;

use db::{
    limits::{self as rows, LimitedUser},
    usage,
    users::retain,
};
use domain::{
    action::Action,
    limits::{BalanceChange, LimitBulkResetRequest, Metric, NewLimitChange},
    message::Message,
    messages,
    users::{
        UserId,
        bulk::{BulkItem, BulkOutcome, Selected},
    },
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Meter,
    changes::{can_change, write},
};
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsageWrite},
    audit::{self, Audited, Batch, Changes},
    guard::{self, TargetRef},
    users::bulk::remove_repeated,
};

/// User whose balances are reset.
struct Reset {
    user: Uuid,
    username: String,
    /// The limits of the user, with locked balances.
    meter: Meter,
    /// Balances that are reset: metric and model.
    keys: Vec<(Metric, Option<String>)>,
}

/// Sets to zero what each of several users has used of their limits, in one transaction. Without `expected` it only reports the outcome and
/// changes nothing. A user that is named twice counts once.
///
/// # Errors
/// [`Error::SelectionChanged`] when the number of users would differ from `expected`, [`Error::TargetMismatch`] when an id and the
/// username shown with it belong to different users, [`Error::Invalid`] with the field errors.
pub async fn reset_many(
    services: &Services,
    authorized: &Authorized<UsageWrite>,
    mut request: LimitBulkResetRequest,
) -> Result<BulkOutcome, Error> {
    let ids = remove_repeated(&mut request.users);
    let reason = request.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let is_preview = request.expected.is_none();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if !is_preview {
        // Lock order: the accounts before the balances. Their uses have ended, so that each is in a balance that is created here.
        retain::users_alone(&mut transaction, &ids).await?;
    }
    let found = rows::list_users(&mut *transaction, &ids).await?;
    let mut meters = open(&mut transaction, &found, is_preview).await?;
    let by_id = found.iter().map(|user| (user.id, user));
    let found: BTreeMap<Uuid, &LimitedUser> = by_id.collect();
    let mut resets = Vec::with_capacity(request.users.len());
    let mut items = Vec::with_capacity(request.users.len());
    for selected in &request.users {
        let user = found.get(&selected.id).copied();
        let meter = meters.remove(&selected.id);
        let (item, reset) = examine((selected, user), meter, request.metric)?;
        items.push(item);
        resets.extend(reset);
    }
    let outcome = BulkOutcome {
        changed: resets.len(),
        items,
        restorable_until: None,
    };
    match request.expected {
        None => return Ok(outcome),
        Some(expected) if expected != outcome.changed => {
            return Err(Error::SelectionChanged(Box::new(outcome)));
        }
        Some(_) => {}
    }
    let about = (request.metric, reason.as_str());
    let actor = &begin(&mut transaction, &actor, about, resets.len()).await?;
    let mut audited = Audited::not_needed("every user is skipped");
    for reset in resets {
        audited = apply(&mut transaction, actor, reset, &reason).await?;
    }
    db::commit(transaction, audited).await?;
    Ok(outcome)
}

/// Reads the limits of those users who are not deleted. Their balances are locked, unless it is a preview.
async fn open(
    transaction: &mut db::Transaction,
    users: &[LimitedUser],
    is_preview: bool,
) -> Result<BTreeMap<Uuid, Meter>, Error> {
    let users = users.iter().filter(|user| !user.is_deleted);
    let users: Vec<Uuid> = users.map(|user| user.id).collect();
    let at = usage::find_time(&mut **transaction).await?;
    let meters = if is_preview {
        Meter::read_users(transaction, &users, at).await?
    } else {
        Meter::lock(transaction, &users, at).await?;
        // A time under the lock, so that all uses that have been counted are before the resets in the ledger.
        let at = usage::find_time(&mut **transaction).await?;
        Meter::open_users(transaction, &users, at).await?
    };
    Ok(meters.into_iter().collect())
}

/// Returns the item of a user, and the balances to reset. Without any the user is skipped.
fn examine(
    (selected, found): (&Selected, Option<&LimitedUser>),
    meter: Option<Meter>,
    metric: Option<Metric>,
) -> Result<(BulkItem, Option<Reset>), Error> {
    let user = selected.id;
    let username = found.map_or_else(String::new, |found| found.username.clone());
    let item = |skipped: Option<Message>| BulkItem {
        id: UserId(user),
        username: username.clone(),
        skipped,
        lost: None,
    };
    if found.is_none() {
        return Ok((item(Some(messages::skipped_missing())), None));
    }
    TargetRef::from(selected).check_username(&username)?;
    let Some(meter) = meter else {
        return Ok((item(Some(messages::skipped_deleted())), None));
    };
    let keys = meter.positions.iter().filter(|it| can_change(it));
    let keys = keys.filter(|it| metric.is_none_or(|metric| it.limit.metric == metric));
    let keys: Vec<_> = keys
        .map(|it| (it.limit.metric, it.limit.model.clone()))
        .collect();
    if keys.is_empty() {
        return Ok((item(Some(messages::skipped_no_balance())), None));
    }
    let shown = item(None);
    let reset = Reset {
        user,
        username,
        meter,
        keys,
    };
    Ok((shown, Some(reset)))
}

/// Writes the parent event of the resets of several users. Returns the actor for the events of the single resets.
async fn begin(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (metric, reason): (Option<Metric>, &str),
    users: usize,
) -> Result<Actor, Error> {
    if users < 2 {
        return Ok(actor.clone());
    }
    let metric = metric.map(Metric::as_str);
    let batch = Batch {
        action: Action::UsersBalancesReset,
        users: users as u64,
        label: &format!("{users} users"),
        changes: Changes::default().with("metric", Value::Null, metric),
        reason: Some(reason),
    };
    audit::write_batch(transaction, actor, batch).await
}

/// Resets the balances of a user. Each has its event and its audit log entry.
async fn apply(
    transaction: &mut db::Transaction,
    actor: &Actor,
    reset: Reset,
    reason: &str,
) -> Result<Audited, Error> {
    let Reset {
        user,
        username,
        mut meter,
        keys,
    } = reset;
    let mut audited = Audited::not_needed("the user has no balance");
    for (metric, model) in keys {
        let change = NewLimitChange {
            metric,
            model,
            change: BalanceChange::Reset,
            reason: reason.to_owned(),
        };
        let of_user = (user, username.as_str());
        let written = write(transaction, actor, of_user, &mut meter, &change).await?;
        audited = written.1;
    }
    Ok(audited)
}
