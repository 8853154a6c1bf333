//! A limit in force with its balance: whether a use fits, and what is left.

mod drip;
mod status;

use db::limits::{Holder, LimitInForce, balances::Balance};
use domain::{
    limits::{LimitReached, Metric, Period},
    usage::{UsageEvent, Use},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::calendar::{self, Window};

/// Microseconds of a minute, which the rates are for.
const MINUTE: i64 = 60_000_000;

/// A limit in force, and what is used of it.
#[derive(Debug, Clone)]
pub(super) struct Position {
    pub(super) limit: LimitInForce,
    /// Balance of the period; `None` for rates and unlimited ones.
    pub(super) balance: Option<Balance>,
    /// Reserved amount; of `parallel` the number of leases.
    pub(super) reserved: i64,
    /// Time at which the first reservation ends.
    pub(super) first_end: Option<OffsetDateTime>,
    /// Time up to which a rate is spent.
    pub(super) spent_until: Option<OffsetDateTime>,
}

impl Position {
    pub(super) fn new(limit: LimitInForce) -> Self {
        Self {
            limit,
            balance: None,
            reserved: 0,
            first_end: None,
            spent_until: None,
        }
    }

    /// Returns the key of the balance or the rate.
    pub(super) fn key(&self) -> (Uuid, Metric, &str) {
        let model = self.limit.model.as_deref().unwrap_or_default();
        (self.limit.holder.id(), self.limit.metric, model)
    }

    /// Returns whether there is a balance: a number that is no rate.
    pub(super) fn is_counted(&self) -> bool {
        self.limit.amount.is_some() && !self.limit.metric.is_rate()
    }

    /// Returns whether it is a rate with a number.
    pub(super) fn is_rate(&self) -> bool {
        self.limit.amount.is_some() && self.limit.metric.is_rate()
    }

    /// Returns whether the limit counts uses of a model.
    pub(super) fn is_about(&self, model: Option<&str>) -> bool {
        let own = self.limit.model.as_deref();
        own.is_none() || own == model
    }

    /// Returns whether the limit counts a use. A limit of a token counts uses with that token only.
    pub(super) fn counts(&self, used: &Use) -> bool {
        let is_of_holder = match self.limit.holder {
            Holder::Token(id) => used.token == Some(id),
            Holder::User(_) | Holder::Group(_) => true,
        };
        is_of_holder && self.is_about(used.model.as_deref())
    }

    /// Returns the period that a time is in; the first one for a time before it. A use can read the clock before the limit is set, and the
    /// limit after that: no use is in a period before the first one, and that does not end.
    pub(super) fn window(&self, at: OffsetDateTime) -> Window {
        let period = self.limit.period.unwrap_or(Period::Total);
        let at = at.max(self.limit.anchor);
        calendar::window(period, self.limit.anchor, &self.limit.time_zone, at)
    }

    /// Returns the period with its anchor and time zone, as a balance stores it.
    pub(super) fn spec(&self) -> String {
        match self.limit.period {
            None => "none".to_owned(),
            Some(Period::Total) => "total".to_owned(),
            Some(period) => {
                let anchor = self.limit.anchor.unix_timestamp();
                format!("{period} {anchor} {}", self.limit.time_zone)
            }
        }
    }

    /// Returns a balance without uses, of the period that a time is in.
    pub(super) fn fresh(&self, at: OffsetDateTime) -> Balance {
        let (holder_id, metric, model) = self.key();
        let window = self.window(at);
        let drips = matches!(self.limit.period, Some(Period::Drip(_)));
        Balance {
            holder_id,
            metric,
            model: model.to_owned(),
            period: self.spec(),
            period_start: window.start,
            period_end: window.end,
            used: 0,
            granted: 0,
            level: drips.then(|| self.limit.amount.unwrap_or_default()),
            level_at: drips.then_some(at),
            carried: Some(false),
        }
    }

    /// Moves a stored balance to the period that a time is in. A new period begins without uses. If the limit has another period than the
    /// balance, what is used stays until that ends. A time before the period, after a step of the clock, changes nothing.
    pub(super) fn advance(&self, balance: &mut Balance, at: OffsetDateTime) {
        let spec = self.spec();
        if let Some(Period::Drip(seconds)) = self.limit.period {
            self.refill(balance, i64::from(seconds), at);
            balance.period = spec;
            return;
        }
        let window = self.window(at);
        let is_over = if balance.period == spec {
            window.start > balance.period_start
        } else {
            balance.period_end.is_some_and(|end| end <= at)
                || self.has_ended_since_change(balance, window)
        };
        if is_over {
            balance.used = 0;
            balance.granted = 0;
            balance.carried = Some(false);
        } else if balance.period != spec {
            balance.carried = Some(true);
        }
        if is_over || balance.period != spec {
            balance.period = spec;
            balance.period_start = window.start;
            balance.period_end = window.end;
        }
    }

    /// Returns whether the period of a balance was changed, and the first new period has ended since.
    fn has_ended_since_change(&self, balance: &Balance, now: Window) -> bool {
        let changed_at = self.limit.anchor;
        changed_at >= balance.period_start && now.start > self.window(changed_at).start
    }

    /// Counts uses against a balance. Uses before a period do not count in it, but those of the present always do, also while the clock is
    /// before the period: the balance is not the sum of the uses of its period then.
    pub(super) fn count(&self, balance: &mut Balance, events: &[UsageEvent], at: OffsetDateTime) {
        let begins = balance.period_start.min(at);
        for event in events.iter().filter(|event| self.counts(&event.used)) {
            let units = event.used.amounts.of(self.limit.metric);
            if let Some(Period::Drip(seconds)) = self.limit.period {
                Self::add(balance, self.still_used((event.at, units), seconds, at));
            } else if event.at >= begins {
                Self::add(balance, units);
                if event.at < balance.period_start {
                    balance.carried = Some(true);
                }
            }
        }
    }

    /// Adds an amount to what is used; a negative one is taken away.
    pub(super) fn add(balance: &mut Balance, units: i64) {
        match &mut balance.level {
            Some(level) => *level = level.saturating_sub(units),
            None => balance.used = balance.used.saturating_add(units).max(0),
        }
    }

    /// Returns the amount of the limit with the top-ups. `None` if it is unlimited.
    pub(super) fn capacity(&self) -> Option<i64> {
        self.limit
            .amount
            .map(|amount| amount.saturating_add(self.granted()))
    }

    /// Returns the top-ups of the period.
    fn granted(&self) -> i64 {
        self.balance.as_ref().map_or(0, |balance| balance.granted)
    }

    /// Returns the used amount.
    fn used(&self, at: OffsetDateTime) -> i64 {
        match (&self.balance, self.limit.amount) {
            (Some(balance), Some(amount)) => balance.level.map_or(balance.used, |level| {
                amount
                    .saturating_add(balance.granted)
                    .saturating_sub(level)
                    .max(0)
            }),
            (None, Some(amount)) => self.spent(amount, at),
            (_, None) => 0,
        }
    }

    /// Returns the amount of a rate, by which its time is counted.
    pub(super) fn per_minute(&self) -> i64 {
        self.limit.amount.unwrap_or(i64::MAX).max(1)
    }

    /// Returns the number of units of a rate that are spent.
    fn spent(&self, amount: i64, at: OffsetDateTime) -> i64 {
        let ahead = self
            .spent_until
            .map_or(0, |until| micros(until - at))
            .max(0);
        let units = i128::from(ahead) * i128::from(amount);
        let units = (units + i128::from(MINUTE) - 1) / i128::from(MINUTE);
        i64::try_from(units).unwrap_or(i64::MAX).min(amount)
    }

    /// Returns the number of microseconds that a number of units of a rate takes.
    pub(super) fn step(&self, units: i64) -> i64 {
        let amount = i128::from(self.per_minute());
        let step = (i128::from(units) * i128::from(MINUTE) + amount - 1) / amount;
        // An hour ahead denies everything, and is in the range of times.
        i64::try_from(step).unwrap_or(i64::MAX).min(60 * MINUTE)
    }

    /// Returns the amount that is left. `None` if it is unlimited.
    pub(super) fn left(&self, at: OffsetDateTime) -> Option<i64> {
        let left = self.capacity()?.saturating_sub(self.used(at));
        Some(left.saturating_sub(self.reserved))
    }

    /// Returns the denial of a number of units, if they do not fit. None at all always fit.
    pub(super) fn deny(&self, units: i64, at: OffsetDateTime) -> Option<LimitReached> {
        let fits = units == 0 || units <= self.left(at)?;
        (!fits).then(|| self.reached(units, at))
    }
}

/// Returns a duration in microseconds.
pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.whole_microseconds()).unwrap_or(i64::MAX)
}
