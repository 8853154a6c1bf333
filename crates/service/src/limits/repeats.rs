//! Events that are sent again: what counts the same is not counted again, and anything else with the id is a conflict.

use db::{
    limits::leases::{self, Lease},
    usage::event_ids::{self, HashedEvent},
};
use domain::{
    error::Conflict,
    fields::FieldErrors,
    limits::Metric,
    messages,
    usage::{UsageAmounts, Use},
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Error;

/// Metrics whose amounts a lease has.
const OF_LEASES: [Metric; 3] = [Metric::Requests, Metric::Tokens, Metric::Cost];

/// Returns the ids of the events of uses, with hashes of what they count. Uses without an id are left out.
pub(super) fn hashed<'u>(uses: impl IntoIterator<Item = &'u Use>) -> Vec<HashedEvent> {
    let hashed = |used: &Use| {
        let id = used.event_id.clone()?;
        let use_hash = hash_of(used);
        Some(HashedEvent { id, use_hash })
    };
    uses.into_iter().filter_map(hashed).collect()
}

/// Checks that a use whose event was counted before counts the same. `key` is the virtual key of the request. What an event of an earlier
/// version has counted is not known, so that any use is accepted as its repetition.
///
/// # Errors
/// [`Error::Taken`] with the error of the id.
pub(super) async fn check_counted(
    connection: &mut db::PgConnection,
    used: &Use,
    key: Option<Uuid>,
) -> Result<(), Error> {
    let Some(event) = &used.event_id else {
        return Ok(());
    };
    let counted = event_ids::find_hash(connection, (used.user, key), event).await?;
    if counted.is_some_and(|counted| counted != hash_of(used)) {
        return Err(differs(event));
    }
    Ok(())
}

/// Returns the lease of a use whose event was reserved before. `key` is the virtual key of the request. Neither an ended lease nor another
/// one for an event that was counted would count the use.
///
/// # Errors
/// [`Error::Taken`] with the error of the id if it reserves something else, [`Error::Conflict`] if it has ended, or if the event was counted.
pub(super) async fn find_reserved(
    connection: &mut db::PgConnection,
    (used, key): (&Use, Option<Uuid>),
    at: OffsetDateTime,
) -> Result<Option<Lease>, Error> {
    let Some(event) = &used.event_id else {
        return Ok(None);
    };
    let source = (used.user, key);
    let lease = leases::find_by_event(&mut *connection, source, event).await?;
    if let Some(lease) = &lease {
        check_reserved(lease, used)?;
        if lease.has_ended(at) {
            return Err(Error::Conflict(Conflict::LeaseEnded));
        }
    }
    if event_ids::is_counted(connection, source, event).await? {
        return Err(Error::Conflict(Conflict::EventCounted));
    }
    Ok(lease)
}

/// Checks that a use whose event has a lease reserves the same.
fn check_reserved(lease: &Lease, used: &Use) -> Result<(), Error> {
    let reserved = lease.amounts();
    let mut metrics = OF_LEASES.iter();
    let is_same = lease.token_id == used.token
        && lease.model == used.model
        && metrics.all(|metric| reserved.of(*metric) == used.amounts.of(*metric));
    if is_same {
        Ok(())
    } else {
        Err(differs(&lease.event_id))
    }
}

/// Returns the error of an event that differs from the one with the same id.
fn differs(event: &str) -> Error {
    let mut errors = FieldErrors::default();
    errors.add("event_id", messages::event_differs(event));
    Error::Taken(errors)
}

/// Returns a hash of what a use counts. The format must never change: repetitions of stored events would be conflicts.
fn hash_of(used: &Use) -> i64 {
    let UsageAmounts {
        requests,
        tokens_in,
        tokens_out,
        cost,
    } = used.amounts;
    let mut hash = Sha256::new();
    for amount in [requests, tokens_in, tokens_out, cost] {
        hash.update(amount.to_be_bytes());
    }
    // No token has the nil id, and no model an empty name.
    hash.update(used.token.unwrap_or_default().as_bytes());
    hash.update(used.model.as_deref().unwrap_or_default());
    let digest = hash.finalize();
    let first = digest.first_chunk().map(|first| i64::from_be_bytes(*first));
    first.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn used() -> Use {
        Use {
            user: Uuid::from_u128(1),
            token: Some(Uuid::from_u128(2)),
            model: Some("gpt".to_owned()),
            amounts: UsageAmounts {
                requests: 1,
                tokens_in: 2,
                tokens_out: 3,
                cost: 4,
            },
            left_out: Vec::new(),
            event_id: Some("a".to_owned()),
            conversation_id: None,
        }
    }

    #[test]
    fn everything_that_counts_is_in_the_hash() {
        let changes: [fn(&mut Use); 9] = [
            |used| used.token = None,
            |used| used.token = Some(Uuid::from_u128(3)),
            |used| used.model = None,
            |used| used.model = Some("gp".to_owned()),
            |used| used.amounts.requests = 0,
            |used| used.amounts.tokens_in = 3,
            |used| used.amounts.tokens_out = 2,
            |used| used.amounts.cost = 0,
            |used| used.amounts = UsageAmounts::default(),
        ];
        let mut hashes = BTreeSet::from([hash_of(&used())]);
        for change in changes {
            let mut changed = used();
            change(&mut changed);
            hashes.insert(hash_of(&changed));
        }
        assert_eq!(hashes.len(), changes.len() + 1);
        let same = Use {
            conversation_id: Some("b".to_owned()),
            ..used()
        };
        assert_eq!(hash_of(&same), hash_of(&used()));
    }

    #[test]
    fn hashes_of_stored_events_never_change() {
        assert_eq!(hash_of(&used()), -5_941_272_610_337_996_604);
        let least = Use {
            token: None,
            model: None,
            amounts: UsageAmounts {
                requests: 1,
                ..UsageAmounts::default()
            },
            ..used()
        };
        assert_eq!(hash_of(&least), 5_606_711_520_353_053_652);
    }
}
