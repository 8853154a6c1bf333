//! Uses: questions, uses that are permitted and counted at once, and uses that have happened.

use std::collections::BTreeSet;

use db::{limits as rows, usage};
use domain::{
    error::Conflict,
    fields::FieldErrors,
    limits::LimitsAnswer,
    messages,
    usage::{UsageEvent, Use, UseDraft},
    users::Status,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Meter, in_ledger};
use crate::{
    Error, Services,
    access::{Authorized, LimitsConsume},
};

/// Counts a use, if all limits permit it. An event that was counted before is not counted again, and is permitted.
///
/// # Errors
/// [`Error::LimitReached`] with the limit that denies it, and nothing is counted; [`Error::Invalid`] with the field errors, also for an
/// unknown user; [`Error::Conflict`] when the account cannot be used.
pub async fn consume(
    services: &Services,
    _: &Authorized<LimitsConsume>,
    draft: &UseDraft,
) -> Result<LimitsAnswer, Error> {
    let used = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let at = check_user(&mut transaction, &used).await?;
    let ids: Vec<String> = used.event_id.iter().cloned().collect();
    let new = usage::reserve_ids(&mut transaction, Some(used.user), &ids).await?;
    if new.len() < ids.len() {
        db::rollback(transaction).await?;
        return repeated(services, &used, at).await;
    }
    let mut meter = Meter::open(&mut transaction, (used.user, used.token), at).await?;
    let asked = (used.amounts, used.model.as_deref());
    if let Some(denial) = meter.deny(asked, false) {
        db::rollback(transaction).await?;
        meter
            .store_periods(&services.pool, (used.user, used.token))
            .await?;
        return Err(Error::LimitReached(Box::new(denial)));
    }
    if let Some(denial) = meter.spend(&mut transaction, asked, false).await? {
        return Err(Error::LimitReached(Box::new(denial)));
    }
    let events = [UsageEvent { used, at }];
    meter.count(&mut transaction, &events).await?;
    let [UsageEvent { used, .. }] = &events;
    usage::insert(&mut transaction, Some(used.user), &events).await?;
    db::commit(transaction, in_ledger()).await?;
    Ok(answer(&meter, used, true))
}

/// Returns whether a use is permitted now, without counting it.
///
/// # Errors
/// As `consume`, but a denial is an answer.
pub async fn check(
    services: &Services,
    _: &Authorized<LimitsConsume>,
    draft: &UseDraft,
) -> Result<LimitsAnswer, Error> {
    let used = draft.check().map_err(Error::Invalid)?;
    let mut connection = db::acquire(&services.pool).await?;
    let at = check_user(&mut connection, &used).await?;
    let meter = Meter::read(&mut connection, (used.user, used.token), at).await?;
    let denial = meter.deny((used.amounts, used.model.as_deref()), false);
    let mut answer = answer(&meter, &used, false);
    if let Some(denial) = denial {
        answer.allowed = false;
        answer.retry_after = denial.retry_after;
        answer.denied_by = Some(denial.limit);
    }
    Ok(answer)
}

/// Returns the answer to a use that was counted before.
async fn repeated(
    services: &Services,
    used: &Use,
    at: OffsetDateTime,
) -> Result<LimitsAnswer, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let meter = Meter::read(&mut connection, (used.user, used.token), at).await?;
    Ok(answer(&meter, used, false))
}

/// Returns the answer to a use that is permitted.
pub(super) fn answer(meter: &Meter, used: &Use, counted: bool) -> LimitsAnswer {
    LimitsAnswer {
        allowed: true,
        counted,
        retry_after: None,
        denied_by: None,
        limits: meter.statuses(used.model.as_deref()),
        lease: None,
        expires_at: None,
    }
}

/// Checks that the user can use something, and that the token is one of the user. Returns the time.
pub(super) async fn check_user(
    connection: &mut db::PgConnection,
    used: &Use,
) -> Result<OffsetDateTime, Error> {
    let found = rows::find_user(connection, used.user, used.token).await?;
    let mut errors = FieldErrors::default();
    let Some(status) = found.status else {
        errors.add("user", messages::owner_unknown());
        return Err(Error::Invalid(errors));
    };
    if found.is_deleted {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    if status != Status::Active {
        return Err(Error::Conflict(Conflict::UserNotActive));
    }
    if used.token.is_some() && found.token_owner != Some(used.user) {
        errors.add("token", messages::token_of_another());
        return Err(Error::Invalid(errors));
    }
    Ok(found.at)
}

/// Stores uses of one user that have happened, whatever the limits say. Returns the number of those that were not stored before, and
/// whether the user exists.
pub(crate) async fn record(
    services: &Services,
    user: Uuid,
    events: Vec<UsageEvent>,
) -> Result<(u64, bool), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let found = rows::find_user(&mut *transaction, user, None).await?;
    let known = found.status.map(|_| user);
    let ids: Vec<String> = events
        .iter()
        .filter_map(|event| event.used.event_id.clone())
        .collect();
    let new = usage::reserve_ids(&mut transaction, known, &ids).await?;
    let mut new: BTreeSet<String> = new.into_iter().collect();
    // Of two events with one id in a request, the first one counts.
    let is_new = |event: &UsageEvent| {
        let id = event.used.event_id.as_ref();
        id.is_none_or(|id| new.remove(id))
    };
    let events: Vec<UsageEvent> = filtered(events, is_new);
    if events.is_empty() {
        db::rollback(transaction).await?;
        return Ok((0, known.is_some()));
    }
    if known.is_some() {
        charge(&mut transaction, user, found.at, &events).await?;
    }
    usage::insert(&mut transaction, known, &events).await?;
    db::commit(transaction, in_ledger()).await?;
    Ok((events.len() as u64, known.is_some()))
}

fn filtered<T>(all: Vec<T>, mut is_kept: impl FnMut(&T) -> bool) -> Vec<T> {
    all.into_iter().filter(|one| is_kept(one)).collect()
}

/// Counts uses against the limits of the user, and of each token.
async fn charge(
    transaction: &mut db::Transaction,
    user: Uuid,
    at: OffsetDateTime,
    events: &[UsageEvent],
) -> Result<(), Error> {
    let tokens: BTreeSet<Option<Uuid>> = events.iter().map(|event| event.used.token).collect();
    for token in tokens {
        let own: Vec<UsageEvent> = events
            .iter()
            .filter(|event| event.used.token == token)
            .cloned()
            .collect();
        let mut meter = Meter::open(transaction, (user, token), at).await?;
        for event in &own {
            let used = &event.used;
            let asked = (used.amounts, used.model.as_deref());
            meter.spend(transaction, asked, true).await?;
        }
        meter.count(transaction, &own).await?;
    }
    Ok(())
}
