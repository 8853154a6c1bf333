//! Conditions on sessions, as SQL over `live_sessions s`, `countable_sessions s` or `ended_sessions s`.

use domain::{
    filter::{Bounds, When},
    sessions::filter::SessionFilter,
};
use sqlx::{Postgres, QueryBuilder, types::ipnetwork::IpNetwork};
use time::OffsetDateTime;
use uuid::Uuid;

/// A filter with its references resolved.
#[derive(Debug, Clone)]
pub struct SessionQueryFilter<'a> {
    /// The filter as requested.
    pub filter: &'a SessionFilter,
    /// The id of the owner. The nil id, which no user has, matches nothing.
    pub user: Option<Uuid>,
    /// Devices that contain the filter's words; `None` without a condition on the device.
    pub devices: Option<Vec<String>>,
    /// Time from which ages are counted.
    pub now: OffsetDateTime,
}

impl SessionQueryFilter<'_> {
    /// Appends the conditions, each after an `and`.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let SessionFilter {
            user: _,
            address,
            device: _,
            created,
            seen,
        } = self.filter;
        if let Some(user) = self.user {
            sql.push(" and s.user_id = ").push_bind(user);
        }
        if let Some(address) = address {
            sql.push(" and s.ip = ")
                .push_bind(IpNetwork::from(address.ip()));
        }
        if let Some(devices) = &self.devices {
            sql.push(" and s.device = any(")
                .push_bind(devices.clone())
                .push(")");
        }
        let (created, seen) = (self.bounds(*created), self.bounds(*seen));
        for (condition, timestamp) in [
            ("s.created_at >= ", created.from),
            ("s.created_at < ", created.until),
            ("s.last_seen_at >= ", seen.from),
            ("s.last_seen_at < ", seen.until),
        ] {
            push_timestamp(sql, condition, timestamp);
        }
    }

    /// Appends bounds on the sort column that follow from the filter, because a session is never seen before it starts: one that was not
    /// seen since a time started before it, and one that started since a time was seen since.
    pub(super) fn push_ends_of_order(&self, sql: &mut QueryBuilder<Postgres>, by_seen: bool) {
        if by_seen {
            let started = self.bounds(self.filter.created);
            push_timestamp(sql, "s.last_seen_at >= ", started.from);
        } else {
            let seen = self.bounds(self.filter.seen);
            push_timestamp(sql, "s.created_at < ", seen.until);
        }
    }

    /// Appends the same bound for the order by end: a session does not end before it started or was last seen.
    pub(super) fn push_first_end(&self, sql: &mut QueryBuilder<Postgres>) {
        let started = self.bounds(self.filter.created);
        let seen = self.bounds(self.filter.seen);
        push_timestamp(sql, "s.ended_at >= ", started.from.max(seen.from));
    }

    fn bounds(&self, when: Option<When>) -> Bounds {
        let bounds = when.and_then(|when| when.bounds(self.now));
        bounds.unwrap_or(Bounds {
            from: None,
            until: None,
        })
    }
}

fn push_timestamp(
    sql: &mut QueryBuilder<Postgres>,
    condition: &'static str,
    timestamp: Option<OffsetDateTime>,
) {
    if let Some(timestamp) = timestamp {
        sql.push(" and ").push(condition).push_bind(timestamp);
    }
}
