//! Changes of balances by administrators: top-ups, adjustments and resets. Each is an event of the ledger, which the user sees, and an
//! audit log entry.

use db::{
    limits::{self as rows, Holder, balances::Balance},
    usage::{self, LedgerEntry},
};
use domain::{
    action::Action,
    error::Conflict,
    limits::{Amount, BalanceChange, LimitStatus, NewLimitChange},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Meter, position::Position};
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsageWrite},
    audit::{self, Audited, Change, Changes},
    guard::{self, TargetRef},
};

/// Changes what is used of a limit of a user. Returns what is left of it then. An adjustment within the limit, or to an amount, that changes
/// nothing is no event.
///
/// # Errors
/// [`Error::Conflict`] when no limit with a number is in force, or less than nothing would be used, [`Error::NotFound`] when there is no
/// such user.
pub async fn change(
    services: &Services,
    authorized: &Authorized<UsageWrite>,
    target: impl Into<TargetRef>,
    change: NewLimitChange,
) -> Result<LimitStatus, Error> {
    let target = target.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    // Lock order: the account before the balances.
    let found = rows::retain_user(&mut transaction, target.id, None).await?;
    let username = found.username.ok_or(guard::NOT_FOUND)?;
    target.check_username(&username)?;
    if found.is_deleted {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    Meter::lock(&mut transaction, &[target.id], found.at).await?;
    // A time under the lock, so that all uses that have been counted are before the change in the ledger.
    let found = rows::find_user(&mut *transaction, target.id, None).await?;
    let mut meter = Meter::open(&mut transaction, &found, (target.id, None)).await?;
    let of_user = (target.id, username.as_str());
    let (after, audited) = write(&mut transaction, &actor, of_user, &mut meter, &change).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Changes an opened balance of a user, and stores it with its event and its audit log entry. Returns what is left of the limit then.
pub(super) async fn write(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (user, username): (Uuid, &str),
    meter: &mut Meter,
    change: &NewLimitChange,
) -> Result<(LimitStatus, Audited), Error> {
    let at = meter.at;
    let mut positions = meter.positions.iter_mut();
    let position = positions.find(|position| is_meant(position, change));
    let position = position.ok_or(Error::Conflict(Conflict::NoBalance))?;
    let before = position.status(at);
    let Some((kind, action, amount)) = apply(position, change.change, &before)? else {
        return Ok((before, Audited::not_needed("nothing changes")));
    };
    let after = position.status(at);
    meter.store(transaction).await?;
    let entry = LedgerEntry {
        user,
        kind,
        metric: change.metric,
        model: change.model.as_deref(),
        amount,
        reason: &change.reason,
        actor: actor.id(),
    };
    usage::insert_entry(transaction, &entry, at).await?;
    let text = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let changes = Changes::default()
        .with("metric", Value::Null, change.metric.as_str())
        .with("model", Value::Null, change.model.as_deref())
        .with("left", text(before.left), text(after.left))
        .with("used", before.used.to_string(), after.used.to_string());
    let entry = Change {
        action,
        user: (user, username),
        changes,
        reason: Some(&change.reason),
    };
    Ok((after, audit::write(transaction, actor, entry).await?))
}

/// Returns whether what is used of a limit can be changed: the user's own balance.
pub(super) fn can_change(position: &Position) -> bool {
    let limit = &position.limit;
    matches!(limit.holder, Holder::User(_))
        && limit.metric.has_period()
        && position.balance.is_some()
}

/// Returns whether a limit is the one to change, of the metric and the model.
fn is_meant(position: &Position, change: &NewLimitChange) -> bool {
    let limit = &position.limit;
    can_change(position) && limit.metric == change.metric && limit.model == change.model
}

/// Applies a change to a balance. Returns the kind of the event, the action, and the amount of the event; `None` if nothing changes.
/// `before` is what was left.
pub(super) fn apply(
    position: &mut Position,
    change: BalanceChange,
    before: &LimitStatus,
) -> Result<Option<(&'static str, Action, i64)>, Error> {
    let amount = position.limit.amount.unwrap_or_default();
    let Some(balance) = &mut position.balance else {
        return Err(Error::Conflict(Conflict::NoBalance));
    };
    let applied = match change {
        BalanceChange::TopUp(units) => {
            balance.granted = balance.granted.saturating_add(units);
            if let Some(level) = &mut balance.level {
                *level = level.saturating_add(units);
            }
            ("top_up", Action::BalanceToppedUp, units)
        }
        BalanceChange::Adjust(units) => {
            let below_zero = match balance.level {
                Some(level) => level.saturating_sub(units) > amount.saturating_add(balance.granted),
                None => balance.used.saturating_add(units) < 0,
            };
            if below_zero {
                return Err(Error::Conflict(Conflict::BalanceBelowZero));
            }
            Position::add(balance, units);
            ("adjust", Action::BalanceAdjusted, units)
        }
        BalanceChange::AdjustWithin(units) => {
            let left = before.left.map_or(0, Amount::units);
            let units = units.clamp(before.used.units().saturating_neg(), left);
            if units == 0 {
                return Ok(None);
            }
            Position::add(balance, units);
            ("adjust", Action::BalanceAdjusted, units)
        }
        BalanceChange::Set(units) => {
            let units = units.saturating_sub(used_of(balance, amount));
            if units == 0 {
                return Ok(None);
            }
            Position::add(balance, units);
            ("adjust", Action::BalanceAdjusted, units)
        }
        BalanceChange::Reset => {
            let units = used_of(balance, amount).saturating_neg();
            Position::add(balance, units);
            ("reset", Action::BalanceReset, units)
        }
    };
    Ok(Some(applied))
}

/// Returns what is used of a balance of a limit. It is negative if a balance that refills has more than the limit.
fn used_of(balance: &Balance, amount: i64) -> i64 {
    match balance.level {
        Some(level) => amount.saturating_add(balance.granted).saturating_sub(level),
        None => balance.used,
    }
}
