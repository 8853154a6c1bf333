//! What is left of a limit, and the time at which more can be used.

use db::limits::Holder;
use domain::limits::{Amount, LimitReached, LimitStatus, Metric, Period};
use time::{Duration, OffsetDateTime};

use super::{MINUTE, Position, micros};

impl Position {
    /// Returns the denial of a number of units.
    pub(in crate::limits) fn reached(&self, units: i64, at: OffsetDateTime) -> LimitReached {
        let amount = self.limit.amount.unwrap_or(i64::MAX);
        let retry_at = if units > amount {
            None
        } else {
            self.retry_at(units, at)
        };
        LimitReached {
            asked: Amount::of(self.limit.metric, units),
            limit: self.status(at),
            retry_after: retry_at.map(|retry| seconds(retry - at)),
        }
    }

    /// Returns the time at which a number of units fits, if it does without another change.
    fn retry_at(&self, units: i64, at: OffsetDateTime) -> Option<OffsetDateTime> {
        let metric = self.limit.metric;
        if metric.is_rate() {
            let until = self.spent_until.map_or(at, |until| until.max(at));
            let over = micros(until - at)
                .saturating_add(self.step(units))
                .saturating_sub(MINUTE);
            return Some(at + Duration::microseconds(over.max(0)));
        }
        let without_leases = self.left(at)?.saturating_add(self.reserved);
        if metric == Metric::Parallel || units <= without_leases {
            return self.first_end;
        }
        match (self.limit.period, &self.balance) {
            (Some(Period::Drip(every)), Some(balance)) => {
                let missing = units.saturating_sub(balance.level.unwrap_or_default());
                let wait = missing.saturating_mul(i64::from(every));
                let wait = Duration::seconds(wait.clamp(0, i64::from(u32::MAX)));
                balance.level_at?.checked_add(wait)
            }
            (_, Some(balance)) => balance.period_end,
            (_, None) => None,
        }
    }

    /// Returns what is left of the limit.
    pub(in crate::limits) fn status(&self, at: OffsetDateTime) -> LimitStatus {
        let metric = self.limit.metric;
        let (capacity, used) = (self.capacity(), self.used(at));
        let taken = used.saturating_add(self.reserved);
        let is_above_soft = self.limit.soft_amount.is_some_and(|soft| taken >= soft);
        let warned = self.limit.warn_at.zip(self.limit.amount);
        let is_above_percentage = warned.is_some_and(|(percent, amount)| {
            i128::from(taken) * 100 >= i128::from(amount) * i128::from(percent)
        });
        LimitStatus {
            id: self.limit.id,
            subject: self.limit.subject,
            shared: matches!(self.limit.holder, Holder::Group(_)),
            metric,
            model: self.limit.model.clone(),
            amount: capacity.map(|units| Amount::of(metric, units)),
            granted: Amount::of(metric, self.granted()),
            used: Amount::of(metric, used),
            reserved: Amount::of(metric, self.reserved),
            left: self.left(at).map(|units| Amount::of(metric, units.max(0))),
            warning: self.limit.amount.is_some() && (is_above_soft || is_above_percentage),
            period: self.limit.period,
            resets_at: self.resets_at(at),
        }
    }

    /// Returns the time at which more can be used: the end of the period, the next drop, or the end of the spent time.
    fn resets_at(&self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        if self.limit.metric.is_rate() {
            return self.spent_until.filter(|until| *until > at);
        }
        let balance = self.balance.as_ref()?;
        match self.limit.period {
            Some(Period::Drip(every)) => {
                let is_full = balance.level >= self.limit.amount;
                let next = balance
                    .level_at?
                    .checked_add(Duration::seconds(i64::from(every)));
                next.filter(|_| !is_full)
            }
            Some(_) => balance.period_end,
            None => self.first_end,
        }
    }
}

/// Returns whole seconds, rounded up and at least one, so that a retry after them is accepted.
fn seconds(duration: Duration) -> u64 {
    let seconds = duration.whole_seconds().max(0).unsigned_abs();
    let has_rest = duration > Duration::ZERO && duration.subsec_nanoseconds() > 0;
    (seconds + u64::from(has_rest)).max(1)
}
