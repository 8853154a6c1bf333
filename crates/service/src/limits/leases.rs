//! Reservations of what is known only afterwards: they count against the limits until they are settled or released, or their time is over.

use db::{
    limits::{self, leases as rows, leases::Lease},
    usage::event_ids::{self, EventSource},
    users::retain,
};
use domain::{
    error::Conflict,
    fields::FieldErrors,
    limits::LimitsAnswer,
    messages,
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UsageAmounts, UsageEvent, Use},
};
use uuid::Uuid;

use super::{
    Meter,
    consume::{answer, bind, check_user, deny_model},
    in_ledger, repeats,
};
use crate::{
    Error, Services,
    access::{Actor, Authorized, LimitsConsume},
};

const SETTLED: &str = "settled";
const RELEASED: &str = "released";

/// Reserves amounts, if all limits permit it. The answer has the lease. An event with a lease gets the same lease again until that ends.
///
/// # Errors
/// As `consume`, [`Error::Taken`] for the id of an event that has reserved something else, and [`Error::Conflict`] for that of an event
/// whose lease has ended, or that was counted.
pub async fn reserve(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    draft: &ReserveDraft,
) -> Result<LimitsAnswer, Error> {
    let (mut used, seconds) = draft.check().map_err(Error::Invalid)?;
    bind(authorized.actor(), &mut used)?;
    let key = authorized.actor().key();
    let mut transaction = db::begin(&services.pool).await?;
    let found = limits::retain_user(&mut transaction, used.user, used.token).await?;
    check_user(&found, &used)?;
    let mut meter = Meter::open(&mut transaction, &found, (used.user, used.token)).await?;
    let lease = repeats::find_reserved(&mut transaction, (&used, key), found.at).await?;
    if let Some(lease) = lease {
        let lease = (lease.id, lease.expires_at);
        return Ok(with_lease(answer(&meter, &used, false), lease));
    }
    if let Some(denied) = deny_model(&found, used.model.as_deref()) {
        return Err(Error::ModelDenied(denied));
    }
    if let Some(denial) = meter.deny(&used, true) {
        db::rollback(transaction).await?;
        meter
            .store_changes(&services.pool, (used.user, used.token))
            .await?;
        return Err(Error::LimitReached(Box::new(denial)));
    }
    let asked = (used.amounts, used.model.as_deref());
    if let Some(denial) = meter.spend(&mut transaction, asked).await? {
        return Err(Error::LimitReached(Box::new(denial)));
    }
    let mut holders: Vec<Uuid> = meter.other_holders().collect();
    holders.push(used.user);
    holders.sort_unstable();
    holders.dedup();
    // Without a balance nothing is locked, so that another request can have reserved the event meanwhile.
    let lease = rows::insert(&mut transaction, (&used, key), &holders, seconds).await?;
    let lease = lease.ok_or(Error::InProgress)?;
    meter.store(&mut transaction).await?;
    db::commit(transaction, in_ledger()).await?;
    for position in &mut meter.positions {
        if position.is_about(used.model.as_deref()) && !position.limit.metric.is_rate() {
            let units = used.amounts.of(position.limit.metric);
            position.reserved = position.reserved.saturating_add(units);
        }
    }
    Ok(with_lease(answer(&meter, &used, true), lease))
}

/// Returns the lease with an id, and locks it. With a virtual key there are only the leases that were reserved
/// with it.
async fn lock(transaction: &mut db::Transaction, actor: &Actor, id: Uuid) -> Result<Lease, Error> {
    // Lock order: the account before the lease.
    retain::user_of_lease(transaction, id).await?;
    let lease = rows::lock(transaction, id).await?;
    let lease = lease.filter(|lease| actor.key().is_none() || lease.key_id == actor.key());
    lease.ok_or_else(|| {
        let mut errors = FieldErrors::default();
        errors.add("lease", messages::lease_unknown());
        Error::Invalid(errors)
    })
}

fn with_lease(
    answer: LimitsAnswer,
    (id, expires_at): (Uuid, time::OffsetDateTime),
) -> LimitsAnswer {
    LimitsAnswer {
        lease: Some(id),
        expires_at: Some(expires_at),
        ..answer
    }
}

/// Counts what a reservation has used, whatever the limits say, and ends it. One that is settled already is not counted again. A lease
/// whose time is over can be settled for a day.
///
/// # Errors
/// [`Error::Invalid`] with the field errors and for an unknown lease, [`Error::Conflict`] when it was released.
pub async fn settle(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    draft: &SettleDraft,
) -> Result<LimitsAnswer, Error> {
    let (amounts, conversation_id) = draft.check().map_err(Error::Invalid)?;
    let mut transaction = db::begin(&services.pool).await?;
    let lease = lock(&mut transaction, authorized.actor(), draft.lease).await?;
    let used = Use {
        user: lease.user_id,
        token: lease.token_id,
        model: lease.model.clone(),
        amounts,
        left_out: Vec::new(),
        event_id: Some(lease.event_id.clone()),
        conversation_id,
    };
    let found = limits::find_user(&mut *transaction, used.user, used.token).await?;
    let holder = (used.user, used.token);
    match lease.ended_as.as_deref() {
        Some(RELEASED) => return Err(Error::Conflict(Conflict::LeaseEnded)),
        Some(_) => {
            let meter = Meter::read(&mut transaction, &found, holder).await?;
            return Ok(answer(&meter, &used, false));
        }
        None => {}
    }
    // An event that was reported by itself meanwhile counts once.
    let ids = repeats::hashed([&used]);
    let source = EventSource {
        user: used.user,
        is_known: true,
        key: lease.key_id,
    };
    let new = event_ids::reserve(&mut transaction, source, &ids).await?;
    rows::end(&mut transaction, draft.lease, SETTLED).await?;
    let mut meter = Meter::open(&mut transaction, &found, holder).await?;
    let counted = if new.is_empty() {
        UsageAmounts::default()
    } else {
        amounts
    };
    meter
        .settle_rates(&mut transaction, &lease, counted)
        .await?;
    if !new.is_empty() {
        let events = [UsageEvent {
            used: used.clone(),
            at: found.at,
        }];
        meter.count(&mut transaction, used.user, &events).await?;
    }
    db::commit(transaction, in_ledger()).await?;
    Ok(answer(&meter, &used, !new.is_empty()))
}

/// Ends a reservation that was not used, so that nothing of it counts. One that is released already stays so.
///
/// # Errors
/// [`Error::Conflict`] when it was settled, [`Error::Invalid`] for an unknown lease.
pub async fn release(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    draft: ReleaseDraft,
) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let lease = lock(&mut transaction, authorized.actor(), draft.lease).await?;
    match lease.ended_as.as_deref() {
        Some(RELEASED) => return Ok(()),
        Some(_) => return Err(Error::Conflict(Conflict::LeaseEnded)),
        None => {}
    }
    rows::end(&mut transaction, draft.lease, RELEASED).await?;
    let holder = (lease.user_id, lease.token_id);
    let found = limits::find_user(&mut *transaction, lease.user_id, lease.token_id).await?;
    let mut meter = Meter::read(&mut transaction, &found, holder).await?;
    let unused = UsageAmounts::default();
    meter.settle_rates(&mut transaction, &lease, unused).await?;
    Ok(db::commit(transaction, in_ledger()).await?)
}
