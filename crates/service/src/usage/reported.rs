//! Uses that programs report after they have happened.

use std::collections::BTreeMap;

use domain::{
    fields::{FieldErrors, field_path},
    messages,
    usage::{UsageEvent, UsageEventDraft, UsageOutcome},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, LimitsConsume},
    limits::{bind, record},
};

/// Events of each user.
type UserEvents = BTreeMap<Uuid, Vec<UsageEvent>>;

/// Stores uses that have happened, whatever the limits say. Each user's are stored together or not at all. An event that is sent twice
/// counts once. One with the token of another user is rejected, and the others are stored.
///
/// # Errors
/// [`Error::Invalid`] with the errors of all events, named as `events.3.cost`; nothing is stored then. [`Error::Forbidden`] for a virtual
/// key of another user.
pub async fn store(
    services: &Services,
    authorized: &Authorized<LimitsConsume>,
    drafts: &[UsageEventDraft],
) -> Result<UsageOutcome, Error> {
    let mut outcome = UsageOutcome::default();
    let now = db::usage::find_time(&services.pool).await?;
    let owners = find_owners(services, drafts).await?;
    let (mut users, rejected) = check(drafts, now, &owners)?;
    outcome.rejected = rejected;
    let key = authorized.actor().key();
    for event in users.values_mut().flatten() {
        bind(authorized.actor(), &mut event.used)?;
    }
    for (user, events) in users {
        let sent = events.len() as u64;
        let (counted, is_known) = record(services, (user, key), events).await?;
        outcome.counted += counted;
        outcome.repeated += sent - counted;
        if !is_known {
            outcome.unknown_users += counted;
        }
    }
    Ok(outcome)
}

/// Returns the owners of the tokens of events. Those that do not exist any more are left out.
async fn find_owners(
    services: &Services,
    drafts: &[UsageEventDraft],
) -> Result<BTreeMap<Uuid, Uuid>, Error> {
    let tokens: Vec<Uuid> = drafts.iter().filter_map(|draft| draft.token).collect();
    if tokens.is_empty() {
        return Ok(BTreeMap::new());
    }
    let owners = db::limits::subjects::list_owners(&services.pool, &tokens).await?;
    Ok(owners.into_iter().collect())
}

/// Checks events, and groups them by their users. Each needs an id, so that a request can be sent again after an error. Returns the errors of
/// those with the token of another user apart.
fn check(
    drafts: &[UsageEventDraft],
    now: OffsetDateTime,
    owners: &BTreeMap<Uuid, Uuid>,
) -> Result<(UserEvents, FieldErrors), Error> {
    let (mut errors, mut rejected) = (FieldErrors::default(), FieldErrors::default());
    let mut users = UserEvents::new();
    for (index, draft) in drafts.iter().enumerate() {
        let name = |field: &str| field_path(["events", &index.to_string(), field]);
        if draft.event_id.is_none() {
            errors.add(&name("event_id"), messages::enter_value());
        }
        let owner = draft.token.and_then(|token| owners.get(&token));
        match draft.check(now) {
            Ok(_) if owner.is_some_and(|owner| *owner != draft.user) => {
                rejected.add(&name("token"), messages::token_of_another());
            }
            Ok(event) => users.entry(draft.user).or_default().push(event),
            Err(found) => errors.append(found.renamed(name)),
        }
    }
    if errors.is_empty() {
        Ok((users, rejected))
    } else {
        Err(Error::Invalid(errors))
    }
}
