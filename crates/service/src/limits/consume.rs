//! Uses: questions, uses that are permitted and counted at once, and uses that have happened.

use std::collections::BTreeSet;

use db::{
    limits::{self as rows, MeteredUser},
    usage::{
        self,
        event_ids::{self, EventSource},
    },
};
use domain::{
    access_tokens::TokenState,
    error::{Conflict, Forbidden},
    fields::FieldErrors,
    limits::{LimitsAnswer, ModelDenied, SubjectKind, permits},
    messages,
    usage::{UsageEvent, Use, UseDraft},
    users::Status,
};
use uuid::Uuid;

use super::{Meter, repeats};
use crate::{
    Error, Services,
    access::{Actor, Authorized, LimitsConsume},
    audit::Audited,
};

/// Counts a use, if all limits permit it. An event that was counted before is not counted again, and is permitted.
///
/// # Errors
/// [`Error::LimitReached`] with the limit that denies it, and [`Error::ModelDenied`] if the user or the token cannot use the model, and
/// nothing is counted; [`Error::Invalid`] with the field errors, also for an unknown user; [`Error::Conflict`] when the account or the
/// token cannot be used; [`Error::Taken`] for the id of an event that has counted something else; [`Error::Forbidden`] for a virtual key
/// of another user.
pub async fn consume(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    draft: &UseDraft,
) -> Result<LimitsAnswer, Error> {
    let mut used = draft.check().map_err(Error::Invalid)?;
    bind(authorized.actor(), &mut used)?;
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the account before the balances.
    let found = rows::retain_user(&mut transaction, used.user, used.token).await?;
    check_user(&found, &used)?;
    let ids = repeats::hashed([&used]);
    let key = authorized.actor().key();
    let source = EventSource {
        user: used.user,
        is_known: true,
        key,
    };
    let new = event_ids::reserve(&mut transaction, source, &ids).await?;
    if new.len() < ids.len() {
        db::rollback(transaction).await?;
        return repeated(services, (&used, key), &found).await;
    }
    if let Some(denied) = deny_model(&found, used.model.as_deref()) {
        return Err(Error::ModelDenied(denied));
    }
    let mut meter = Meter::open(&mut transaction, &found, (used.user, used.token)).await?;
    if let Some(denial) = meter.deny(&used, false) {
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
    let events = [UsageEvent { used, at: found.at }];
    let [UsageEvent { used, .. }] = &events;
    meter.count(&mut transaction, used.user, &events).await?;
    db::commit(transaction, in_ledger()).await?;
    Ok(answer(&meter, used, true))
}

/// Returns whether a use is permitted now, without counting it.
///
/// # Errors
/// As `consume`, but a denial is an answer.
pub async fn check(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    draft: &UseDraft,
) -> Result<LimitsAnswer, Error> {
    let mut used = draft.check().map_err(Error::Invalid)?;
    bind(authorized.actor(), &mut used)?;
    let mut connection = db::acquire(&services.pool).await?;
    let found = rows::find_user(&mut *connection, used.user, used.token).await?;
    check_user(&found, &used)?;
    let meter = Meter::read(&mut connection, &found, (used.user, used.token)).await?;
    drop(connection);
    let denial = meter.deny(&used, false);
    let mut answer = answer(&meter, &used, false);
    if let Some(denial) = denial {
        meter
            .store_changes(&services.pool, (used.user, used.token))
            .await?;
        answer.allowed = false;
        answer.retry_after = denial.retry_after;
        answer.denied_by = Some(denial.limit);
    }
    if let Some(denied) = deny_model(&found, used.model.as_deref()) {
        answer.allowed = false;
        answer.retry_after = None;
        answer.model_denied_by = Some(denied.by);
    }
    Ok(answer)
}

/// Returns the answer to a use that was counted before. `key` is the virtual key of the request.
async fn repeated(
    services: &Services,
    (used, key): (&Use, Option<Uuid>),
    found: &MeteredUser,
) -> Result<LimitsAnswer, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    repeats::check_counted(&mut connection, used, key).await?;
    let meter = Meter::read(&mut connection, found, (used.user, used.token)).await?;
    Ok(answer(&meter, used, false))
}

/// Returns the answer to a use that is permitted.
pub(super) fn answer(meter: &Meter, used: &Use, counted: bool) -> LimitsAnswer {
    LimitsAnswer {
        allowed: true,
        counted,
        retry_after: None,
        denied_by: None,
        model_denied_by: None,
        limits: meter.statuses(used.model.as_deref()),
        lease: None,
        expires_at: None,
    }
}

/// Sets the virtual key of the request as the token of a use, which must be one of its owner. Any other credential leaves the token.
///
/// # Errors
/// [`Error::Forbidden`] for a key of another user, and for another token than the key.
pub(crate) fn bind(actor: &Actor, used: &mut Use) -> Result<(), Error> {
    let Some(key) = actor.key() else {
        return Ok(());
    };
    actor.require_for(used.user)?;
    if used.token.is_some_and(|token| token != key) {
        return Err(Error::Forbidden(Forbidden::KeyOwnerRequired));
    }
    used.token = Some(key);
    Ok(())
}

/// Checks that the user can use something, and that the token is one of the user that works.
pub(super) fn check_user(found: &MeteredUser, used: &Use) -> Result<(), Error> {
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
    if used.token.is_none() {
        return Ok(());
    }
    let token = found.token.as_ref();
    let token = token.filter(|token| token.owner == used.user);
    match token.map(|token| token.state) {
        None => {
            errors.add("token", messages::token_of_another());
            Err(Error::Invalid(errors))
        }
        Some(TokenState::Revoked) => Err(Error::Conflict(Conflict::TokenRevoked)),
        Some(TokenState::Expired) => Err(Error::Conflict(Conflict::TokenExpired)),
        Some(TokenState::Blocked) => Err(Error::Conflict(Conflict::KeyBlocked)),
        Some(TokenState::Live | TokenState::Expiring) => {
            if token.is_some_and(|token| token.owner_left_group) {
                return Err(Error::Conflict(Conflict::KeyOwnerLeftGroup));
            }
            Ok(())
        }
    }
}

/// Returns the denial of a use of a model that the user or the token cannot use.
pub(super) fn deny_model(found: &MeteredUser, model: Option<&str>) -> Option<ModelDenied> {
    let of_token = found
        .token
        .as_ref()
        .and_then(|token| token.models.as_deref());
    let lists = [
        (SubjectKind::User, found.models.as_deref()),
        (SubjectKind::Token, of_token),
    ];
    let (by, _) = lists
        .into_iter()
        .find(|(_, allowed)| !permits(*allowed, model))?;
    let model = model.map(str::to_owned);
    Some(ModelDenied { by, model })
}

/// Stores uses of one user that have happened, whatever the limits say. `key` is the virtual key of the request. Returns the number of
/// those that were not stored before, and whether the user exists.
pub(crate) async fn record(
    services: &Services,
    (user, key): (Uuid, Option<Uuid>),
    events: Vec<UsageEvent>,
) -> Result<(u64, bool), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the account before the balances. A user who is being deleted permanently is unknown after the wait.
    let found = rows::retain_user(&mut transaction, user, None).await?;
    let is_known = found.status.is_some();
    let ids = repeats::hashed(events.iter().map(|event| &event.used));
    let source = EventSource {
        user,
        is_known,
        key,
    };
    let new = event_ids::reserve(&mut transaction, source, &ids).await?;
    let mut new: BTreeSet<String> = new.into_iter().collect();
    // Of two events with one id in a request, the first one counts.
    let is_new = |event: &UsageEvent| {
        let id = event.used.event_id.as_ref();
        id.is_none_or(|id| new.remove(id))
    };
    let events: Vec<UsageEvent> = filtered(events, is_new);
    if events.is_empty() {
        db::rollback(transaction).await?;
        return Ok((0, is_known));
    }
    if is_known {
        charge(&mut transaction, (user, &found), &events).await?;
    } else {
        usage::store(&mut transaction, None, &events, &[]).await?;
    }
    db::commit(transaction, in_ledger()).await?;
    Ok((events.len() as u64, is_known))
}

fn filtered<T>(all: Vec<T>, mut is_kept: impl FnMut(&T) -> bool) -> Vec<T> {
    all.into_iter().filter(|one| is_kept(one)).collect()
}

/// Stores uses, and counts them against the limits of the user and of each token, all at once: token by token, two requests could wait for
/// each other in a circle.
async fn charge(
    transaction: &mut db::Transaction,
    (user, found): (Uuid, &MeteredUser),
    events: &[UsageEvent],
) -> Result<(), Error> {
    let tokens: BTreeSet<Uuid> = events.iter().filter_map(|event| event.used.token).collect();
    let own = (user, tokens.into_iter().collect());
    let mut meter = Meter::open_tokens(transaction, found, own).await?;
    meter.spend_past(transaction, events).await?;
    meter.count(transaction, user, events).await
}

/// Returns the proof that a use needs no audit log entry.
pub(crate) const fn in_ledger() -> Audited {
    Audited::not_needed("each use is an event of the ledger")
}
