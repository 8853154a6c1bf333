//! Which sessions, as SQL over `live_sessions s` or `ended_sessions s`.

use domain::sessions::list::SessionFilter;
use sqlx::{Postgres, QueryBuilder, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

/// A filter with what its words stand for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The filter.
    pub filter: &'a SessionFilter,
    /// Whom its person is. The nil id, which nobody has, stands for nobody.
    pub person: Option<Uuid>,
    /// Which devices its words are a part of.
    pub devices: Option<Vec<String>>,
    /// The moment from which ages are counted.
    pub now: OffsetDateTime,
}

impl Asked<'_> {
    /// Appends the conditions, each after an `and`.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let SessionFilter {
            person: _,
            address,
            device: _,
            created,
            seen,
        } = self.filter;
        if let Some(person) = self.person {
            sql.push(" and s.user_id = ").push_bind(person);
        }
        if let Some(address) = address {
            sql.push(" and s.ip = ")
                .push_bind(IpNetwork::from(*address));
        }
        if let Some(devices) = &self.devices {
            sql.push(" and s.device = any(")
                .push_bind(devices.clone())
                .push(")");
        }
        let bounds =
            |when: Option<domain::filter::When>| when.and_then(|when| when.bounds(self.now));
        let (created, seen) = (bounds(*created), bounds(*seen));
        // Nothing is seen before it is started. Said here, it lets either order begin where its first row is.
        let froms = [created, seen].map(|bounds| bounds.and_then(|bounds| bounds.from));
        let untils = [created, seen].map(|bounds| bounds.and_then(|bounds| bounds.until));
        let [from_created, from_seen] = froms;
        let [until_created, until_seen] = untils;
        for (condition, moment) in [
            ("s.created_at >= ", from_created),
            ("s.created_at < ", earliest(until_created, until_seen)),
            ("s.last_seen_at >= ", from_seen.max(from_created)),
            ("s.last_seen_at < ", until_seen),
        ] {
            if let Some(moment) = moment {
                sql.push(" and ").push(condition).push_bind(moment);
            }
        }
    }
}

/// The earlier of two ends; an end that is not set is open.
fn earliest(a: Option<OffsetDateTime>, b: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
