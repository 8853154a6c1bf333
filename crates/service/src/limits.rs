//! Limits of what users do in the host application: their changes, and what is left of them. Uses are counted by `consume`.

mod audited;
mod bulk;
mod bulk_reset;
mod calendar;
mod changes;
mod clear;
mod consume;
mod effective;
mod leases;
mod left;
mod meter;
mod models;
mod position;
mod repeats;
mod requests;
mod shared;
mod subjects;

pub use db::limits::LimitFilter;
use db::{limits as rows, users::retain};
use domain::{
    action::Action,
    error::{Conflict, Entity},
    fields::FieldErrors,
    limits::{Amount, Limit, LimitDraft, LimitSubject, NewLimit},
    list::{Listed, Page, Total, UnfilteredQuery},
    messages,
    stored::StoredObject,
};

use crate::{
    Error, Services,
    access::{Actor, Authorized, LimitsRead, LimitsWrite},
    audit::{self, Audited, Changes},
    guard::{self, TargetRef},
};
use audited::{amount_text, audited_id};
use meter::Meter;

pub(crate) use audited::{audit_deleted, audited_text};
pub use bulk::put_many;
pub use bulk_reset::reset_many;
pub use calendar::is_zone;
pub use changes::change;
pub use clear::clear;
pub(crate) use consume::{bind, in_ledger, record};
pub use consume::{check, consume};
pub use effective::{
    list_effective, list_of_tokens, list_own, list_own_of_tokens, list_with_tokens,
};
pub use leases::{release, reserve, settle};
pub use left::{UserLeft, add_resets, list_left};
pub use models::{find_models, set_models};
pub use requests::{UserRequests, find_own_requests, list_requests};
pub use shared::{change_shared, list_shared};
pub use subjects::{check_user, find_subject, find_subject_name, list_named, list_own_named};

const NOT_FOUND: Error = Error::NotFound(Entity::Limit);

/// Lists limits, the first created first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<LimitsRead>,
    query: &UnfilteredQuery,
    filter: LimitFilter,
) -> Result<Listed<Limit>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (limits, more) = rows::list_page(&mut *connection, query, filter).await?;
    let counted = rows::count(&mut *connection, filter).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(limits, more, total, &query.position, Limit::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns a limit by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such limit, [`Error::TargetMismatch`] when it was shown with another name.
pub async fn find(
    services: &Services,
    _: &Authorized<LimitsRead>,
    target: impl Into<TargetRef>,
) -> Result<Limit, Error> {
    let target = target.into();
    let limit = rows::find(&services.pool, target.id).await?;
    let limit = limit.ok_or(NOT_FOUND)?;
    target.check_name(&limit.label())?;
    Ok(limit)
}

/// Creates a limit, or replaces that of the same subject, metric and model. What is used stays.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Outdated`] when the limit was changed since the caller read it,
/// [`Error::Conflict`] when it was created or deleted since then.
pub async fn put(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    draft: LimitDraft,
) -> Result<Limit, Error> {
    let version = draft.version;
    let limit = draft.check(is_zone).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    retain_members(&mut transaction, &limit).await?;
    let before = rows::lock_same(&mut transaction, &limit).await?;
    let is_current = match (&before, version) {
        (_, None) | (None, Some(0)) => true,
        (Some(before), Some(version)) => before.version == version,
        (None, Some(_)) => return Err(Error::Conflict(Conflict::LimitChanged)),
    };
    let changes = changes_of(before.as_ref(), &limit);
    match before {
        Some(before) if !is_current => Err(Error::Outdated(Box::new(StoredObject::Limit(before)))),
        Some(before) if changes.is_empty() => Ok(before),
        before => {
            let change = (&limit, changes);
            let (after, audited) = store(&mut transaction, &actor, before.as_ref(), change).await?;
            db::commit(transaction, audited).await?;
            Ok(after)
        }
    }
}

/// Waits for the running uses of the members of a group that share a limit: they do not see it, and the use of another member would create
/// the balance without them. Later uses wait, and see it. The group is retained, too.
async fn retain_members(transaction: &mut db::Transaction, limit: &NewLimit) -> Result<(), Error> {
    let (LimitSubject::Group(group), true) = (limit.subject, limit.shared) else {
        return Ok(());
    };
    // Lock order: the accounts before the group, and that before its limits and balances.
    retain::members_alone(transaction, group).await?;
    Ok(rows::retain_holders(transaction, &[group]).await?)
}

/// Stores a limit in place of the one before, which is locked, and audits its changes.
async fn store(
    transaction: &mut db::Transaction,
    actor: &Actor,
    before: Option<&Limit>,
    (limit, changes): (&NewLimit, Changes),
) -> Result<(Limit, Audited), Error> {
    if before.is_none_or(|before| before.amount.is_none()) {
        // A use that ended after the deletion of an earlier limit can have created its balance again.
        forget_shared(transaction, limit).await?;
    }
    let id = match before {
        Some(before) => {
            rows::set(transaction, before.id, limit).await?;
            if limit.amount.is_none() {
                forget_shared(transaction, limit).await?;
            }
            before.id
        }
        None => rows::insert(transaction, limit).await.map_err(constraint)?,
    };
    let after = rows::find(&mut **transaction, id).await?.ok_or(NOT_FOUND)?;
    let name = after.label();
    let target = audited_id(transaction, &after).await?;
    let about = (Action::LimitStored, Some(target), name.as_str());
    let audited = audit::write_about(transaction, actor, about, changes).await?;
    Ok((after, audited))
}

/// Translates the error of a new limit: a subject that does not exist, or another request that creates it.
fn constraint(error: db::Error) -> Error {
    let db::Error::Constraint { constraint } = &error else {
        return error.into();
    };
    if constraint == "limits_subject_key" {
        return Error::Conflict(Conflict::LimitChanged);
    }
    if constraint.ends_with("_id_fkey") {
        let mut errors = FieldErrors::default();
        errors.add("subject", messages::limit_subject_unknown());
        return Error::Invalid(errors);
    }
    error.into()
}

/// Returns the audited changes of a limit.
fn changes_of(before: Option<&Limit>, limit: &NewLimit) -> Changes {
    let text = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let units = |units: Option<i64>| units.map(|units| Amount::of(limit.metric, units));
    let period = limit.period.map(|period| period.to_string());
    let before_period = before.and_then(|before| before.period);
    let zone = before.map(|before| before.time_zone.as_str());
    Changes::default()
        .with(
            "amount",
            before.map(|before| amount_text(before.metric, before.amount.map(Amount::units))),
            amount_text(limit.metric, limit.amount),
        )
        .with(
            "softAmount",
            text(before.and_then(|before| before.soft_amount)),
            text(units(limit.soft_amount)),
        )
        .with(
            "warnAt",
            before.and_then(|before| before.warn_at),
            limit.warn_at,
        )
        .with(
            "period",
            before_period.map(|period| period.to_string()),
            period,
        )
        .with("timeZone", zone, limit.time_zone.as_str())
}

/// Deletes a limit. The next one in the order of precedence decides then.
///
/// # Errors
/// [`Error::Outdated`] when the limit was changed since the caller read it, [`Error::NotFound`] when there is no such limit.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    target: impl Into<TargetRef>,
) -> Result<(), Error> {
    let target = target.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let limit = rows::lock(&mut transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    let name = limit.label();
    target.check_name(&name)?;
    if !target.is_at(limit.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Limit(limit))));
    }
    let audited = remove(&mut transaction, &actor, &limit).await?;
    Ok(db::commit(transaction, audited).await?)
}

/// Deletes a limit, which is locked, and audits that.
async fn remove(
    transaction: &mut db::Transaction,
    actor: &Actor,
    limit: &Limit,
) -> Result<Audited, Error> {
    rows::delete(transaction, limit.id).await?;
    forget_shared(transaction, &NewLimit::from(limit)).await?;
    audit_deleted(transaction, actor, limit).await
}

/// Deletes the balance that the members of a group share, if no limit governs it. That of a user or a token is deleted by the next use.
async fn forget_shared(transaction: &mut db::Transaction, limit: &NewLimit) -> Result<(), Error> {
    let (LimitSubject::Group(group), true) = (limit.subject, limit.shared) else {
        return Ok(());
    };
    let model = limit.model.as_deref().unwrap_or_default();
    Ok(rows::balances::delete(transaction, (group, limit.metric, model)).await?)
}
