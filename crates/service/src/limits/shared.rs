//! Limits that the members of a group share: what is left of them, and changes of it by administrators.

use db::{
    limits::{self as rows, Holder, LimitInForce},
    usage,
};
use domain::{
    action::Action,
    error::Conflict,
    limits::{Amount, BalanceChange, Limit, LimitStatus, LimitSubject, NewLimitChange},
};

use super::{Meter, NOT_FOUND, changes::apply};
use crate::{
    Error, Services,
    access::{Authorized, LimitsRead, UsageWrite},
    audit::{self, Audited, Changes},
    guard::{self, TargetRef},
};

/// Returns what is left of those limits that the members of a group share, in no particular order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_shared(
    services: &Services,
    _: &Authorized<LimitsRead>,
    limits: &[Limit],
) -> Result<Vec<LimitStatus>, Error> {
    let shared: Vec<LimitInForce> = limits.iter().filter_map(in_force).collect();
    if shared.is_empty() {
        return Ok(Vec::new());
    }
    let mut connection = db::acquire(&services.pool).await?;
    let at = usage::find_time(&mut *connection).await?;
    let meter = Meter::read_shared(&mut connection, shared, at).await?;
    Ok(meter.statuses(None))
}

/// Changes what the members of a group have used of a limit that they share. Returns what is left of it then.
///
/// # Errors
/// [`Error::Conflict`] when the limit is not shared, has no number or no period, or less than nothing would be used, [`Error::NotFound`]
/// when there is no such limit, [`Error::TargetMismatch`] when it was shown with another name.
pub async fn change_shared(
    services: &Services,
    authorized: &Authorized<UsageWrite>,
    target: impl Into<TargetRef>,
    change: &NewLimitChange,
) -> Result<LimitStatus, Error> {
    let target = target.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    // Lock order: the group before its limits and balances.
    rows::subjects::retain_group(&mut transaction, target.id).await?;
    let limit = rows::lock(&mut transaction, target.id).await?;
    let limit = limit.ok_or(NOT_FOUND)?;
    let name = limit.label();
    target.check_name(&name)?;
    let is_meant = limit.metric == change.metric && limit.model == change.model;
    let meant = in_force(&limit).filter(|it| is_meant && it.metric.has_period());
    let meant = meant.ok_or(Error::Conflict(Conflict::NoBalance))?;
    let at = usage::find_time(&mut *transaction).await?;
    let mut meter = Meter::open_shared(&mut transaction, meant, at).await?;
    let position = meter.positions.first_mut();
    let position = position.ok_or(Error::Conflict(Conflict::NoBalance))?;
    let before = position.status(at);
    if apply(position, change.change, &before)?.is_none() {
        db::commit(transaction, Audited::not_needed("nothing changes")).await?;
        return Ok(before);
    }
    let after = position.status(at);
    meter.store(&mut transaction).await?;
    let action = match change.change {
        BalanceChange::TopUp(_) => Action::SharedToppedUp,
        BalanceChange::Adjust(_) | BalanceChange::AdjustWithin(_) | BalanceChange::Set(_) => {
            Action::SharedAdjusted
        }
        BalanceChange::Reset => Action::SharedReset,
    };
    let text = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let changes = Changes::default()
        .with("left", text(before.left), text(after.left))
        .with("used", before.used.to_string(), after.used.to_string());
    // That of the group, whose history the entry belongs to.
    let about = (action, limit.subject.id(), name.as_str());
    let reason = Some(change.reason.as_str());
    let audited =
        audit::write_with_reason(&mut transaction, &actor, about, (changes, reason)).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Returns a limit as it is in force for the group whose members share it; `None` for another limit.
fn in_force(limit: &Limit) -> Option<LimitInForce> {
    let LimitSubject::Group(group) = limit.subject else {
        return None;
    };
    limit.shared.then(|| LimitInForce {
        id: limit.id,
        holder: Holder::Group(group),
        subject: limit.subject,
        metric: limit.metric,
        model: limit.model.clone(),
        amount: limit.amount.map(Amount::units),
        soft_amount: limit.soft_amount.map(Amount::units),
        warn_at: limit.warn_at,
        period: limit.period,
        anchor: limit.anchor,
        time_zone: limit.time_zone.clone(),
    })
}
