//! Users and groups with the highest cost. No total has them for any days, so with millions of sums by day they take a second or more to
//! compute: a result that took long is used again for a while. One that did not is always computed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use db::usage::{UsageFilter, reports};
use domain::usage::{GroupUsage, UserUsage};

use super::TOP;
use crate::Error;

/// Time of a computation from which its result is used again.
const SLOW: Duration = Duration::from_millis(100);
/// Time for which a result is used, as a multiple of the time of its computation: at most 2 % of the time are computations.
const LIFETIME: u32 = 50;
const LIFETIME_MAX: Duration = Duration::from_secs(600);
/// Maximum number of stored results.
const STORED_MAX: usize = 32;

/// Rankings that took long to compute.
#[derive(Debug, Clone, Default)]
pub struct Rankings(Arc<Mutex<Vec<Stored>>>);

/// Users and groups in the order of their cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranking {
    pub(super) users: Vec<UserUsage>,
    pub(super) groups: Vec<GroupUsage>,
}

#[derive(Debug)]
struct Stored {
    filter: UsageFilter,
    ranking: Ranking,
    took: Duration,
    /// Time until which the ranking is used.
    until: Instant,
}

impl Rankings {
    /// Returns the ranking of a filter, up to ten minutes old if it takes long to compute.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database cannot be reached.
    pub(super) async fn get(
        &self,
        connection: &mut db::PgConnection,
        filter: &UsageFilter,
    ) -> Result<Ranking, Error> {
        let began = Instant::now();
        if let Some(ranking) = self.find(filter, began) {
            return Ok(ranking);
        }
        let ranking = Ranking {
            users: reports::list_users(&mut *connection, filter, TOP).await?,
            groups: reports::list_groups(&mut *connection, filter, TOP).await?,
        };
        self.store(filter, &ranking, began.elapsed(), Instant::now());
        Ok(ranking)
    }

    /// Returns a stored ranking. Of the requests for one whose time is over, the first one computes it again; the others get the old one
    /// meanwhile.
    fn find(&self, filter: &UsageFilter, now: Instant) -> Option<Ranking> {
        let mut all = self.lock();
        let stored = all.iter_mut().find(|stored| stored.filter == *filter)?;
        if now >= stored.until {
            stored.until = now + 2 * stored.took;
            return None;
        }
        Some(stored.ranking.clone())
    }

    /// Stores a ranking that took long, in place of the old one.
    fn store(&self, filter: &UsageFilter, ranking: &Ranking, took: Duration, now: Instant) {
        let mut all = self.lock();
        all.retain(|stored| stored.filter != *filter);
        if took < SLOW {
            return;
        }
        if all.len() >= STORED_MAX {
            all.remove(0);
        }
        all.push(Stored {
            filter: filter.clone(),
            ranking: ranking.clone(),
            took,
            until: now + (LIFETIME * took).min(LIFETIME_MAX),
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::usage::UsageRange;
    use time::macros::date;

    use super::*;

    fn filter(model: &str) -> UsageFilter {
        UsageFilter {
            days: UsageRange {
                from: date!(2026 - 11 - 01),
                to: date!(2026 - 11 - 30),
            },
            user: None,
            group: None,
            model: Some(model.to_owned()),
        }
    }

    #[test]
    fn only_slow_rankings_are_used_again() {
        let (rankings, now) = (Rankings::default(), Instant::now());
        let none = Ranking::default();
        rankings.store(&filter("a"), &none, Duration::from_millis(99), now);
        assert_eq!(rankings.find(&filter("a"), now), None);
        rankings.store(&filter("a"), &none, Duration::from_secs(1), now);
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(rankings.find(&filter("a"), later(49)), Some(none.clone()));
        assert_eq!(rankings.find(&filter("b"), later(49)), None);
        // The first request after the time computes it again, and the others do not wait for it.
        assert_eq!(rankings.find(&filter("a"), later(50)), None);
        assert_eq!(rankings.find(&filter("a"), later(51)), Some(none.clone()));
        assert_eq!(rankings.find(&filter("a"), later(52)), None);
        rankings.store(&filter("a"), &none, Duration::from_secs(60), later(60));
        assert!(rankings.find(&filter("a"), later(659)).is_some());
        assert_eq!(rankings.find(&filter("a"), later(660)), None);
        rankings.store(&filter("a"), &none, Duration::from_millis(1), later(661));
        assert_eq!(rankings.find(&filter("a"), later(662)), None);
    }

    #[test]
    fn few_rankings_are_stored() {
        let (rankings, now) = (Rankings::default(), Instant::now());
        for number in 0..100 {
            let filter = filter(&number.to_string());
            rankings.store(&filter, &Ranking::default(), Duration::from_secs(1), now);
        }
        assert_eq!(rankings.lock().len(), STORED_MAX);
        assert!(rankings.find(&filter("99"), now).is_some());
    }
}
