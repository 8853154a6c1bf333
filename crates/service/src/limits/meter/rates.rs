//! Rates: what is spent of them, spending them, and giving back what a reservation has not used. A change spends all its rates by one
//! statement, so that two transactions do not wait for each other in a circle.

use db::{
    PgConnection,
    limits::{
        leases::Lease,
        rates::{self, Rate, RateUse},
    },
};
use domain::{
    limits::LimitReached,
    usage::{UsageAmounts, UsageEvent},
};
use time::Duration;

use super::Meter;
use crate::{
    Error,
    limits::position::{Position, micros},
};

impl Meter {
    /// Returns uses of the rates with a number, each with the microseconds that it takes. Without these there is no use of the rate.
    fn rate_uses(&self, micros: impl Fn(&Position) -> Option<i64>) -> Vec<RateUse> {
        let rates = self.positions.iter().filter(|it| it.is_rate());
        let uses = rates.filter_map(|position| {
            let (holder_id, metric, model) = position.key();
            Some(RateUse {
                holder_id,
                metric,
                model: model.to_owned(),
                amount: position.per_minute(),
                micros: micros(position)?,
            })
        });
        uses.collect()
    }

    /// Adds what is spent of the rates.
    pub(super) async fn add_rates(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        let asked = self.rate_uses(|_| Some(0));
        if asked.is_empty() {
            return Ok(());
        }
        let rates = rates::list(connection, &asked, self.at).await?;
        self.is_changed |= rates.iter().any(|rate| rate.is_changed);
        self.set_rates(&rates);
        Ok(())
    }

    fn set_rates(&mut self, rates: &[Rate]) {
        let at = self.at;
        for position in &mut self.positions {
            let found = rates.iter().find(|rate| rate.has_key(position.key()));
            if let Some(rate) = found {
                position.spent_until = Some(at + Duration::microseconds(rate.ahead));
            }
        }
    }

    /// Spends rates. Returns those that are spent: all, if the uses are `forced`.
    async fn spend_rates(
        &mut self,
        connection: &mut PgConnection,
        uses: &[RateUse],
        forced: bool,
    ) -> Result<Vec<Rate>, Error> {
        if uses.is_empty() {
            return Ok(Vec::new());
        }
        let spent = rates::spend(connection, uses, forced).await?;
        self.set_rates(&spent);
        Ok(spent)
    }

    /// Spends the rates of a use. Returns the denial if another request has spent one meanwhile; the transaction is to be rolled back then.
    pub(in crate::limits) async fn spend(
        &mut self,
        connection: &mut PgConnection,
        (amounts, model): (UsageAmounts, Option<&str>),
    ) -> Result<Option<LimitReached>, Error> {
        let units = |position: &Position| {
            let units = amounts.of(position.limit.metric);
            (units > 0 && position.is_about(model)).then_some(units)
        };
        let uses = self.rate_uses(|position| Some(position.step(units(position)?)));
        let spent = self.spend_rates(connection, &uses, false).await?;
        if spent.len() == uses.len() {
            return Ok(None);
        }
        let mut rates = self.positions.iter().filter(|it| it.is_rate());
        Ok(rates.find_map(|position| {
            let units = units(position)?;
            let is_spent = spent.iter().any(|rate| rate.has_key(position.key()));
            (!is_spent).then(|| position.reached(units, self.at))
        }))
    }

    /// Spends the rates of uses that have happened, each rate once. Uses of more than a minute ago spend nothing any more.
    pub(in crate::limits) async fn spend_past(
        &mut self,
        connection: &mut PgConnection,
        events: &[UsageEvent],
    ) -> Result<(), Error> {
        let since = self.at - Duration::MINUTE;
        let uses = self.rate_uses(|position| {
            let recent = events.iter().filter(|event| event.at > since);
            let units = recent
                .filter(|event| position.counts(&event.used))
                .map(|event| event.used.amounts.of(position.limit.metric))
                .fold(0, i64::saturating_add);
            (units > 0).then(|| position.step(units))
        });
        self.spend_rates(connection, &uses, true).await?;
        Ok(())
    }

    /// Spends the rates of what a reservation has used, in place of what it had reserved. What is free again since the reservation, by the
    /// time that has passed, is not given back again: it can be spent already.
    pub(in crate::limits) async fn settle_rates(
        &mut self,
        connection: &mut PgConnection,
        lease: &Lease,
        used: UsageAmounts,
    ) -> Result<(), Error> {
        let passed = micros(self.at - lease.created_at);
        let reserved = lease.amounts();
        let uses = self.rate_uses(|position| {
            if !position.is_about(lease.model.as_deref()) {
                return None;
            }
            let metric = position.limit.metric;
            let (before, after) = (reserved.of(metric), used.of(metric));
            if after > before {
                return Some(position.step(after - before));
            }
            let unused = position.step(before) - position.step(after).max(passed);
            let is_reserved = lease.holders.contains(&position.limit.holder.id());
            (unused > 0 && is_reserved).then_some(-unused)
        });
        self.spend_rates(connection, &uses, true).await?;
        Ok(())
    }

    /// Stores the rates by their present amounts.
    pub(super) async fn recount_rates(
        &mut self,
        connection: &mut PgConnection,
    ) -> Result<(), Error> {
        let stored = self.rate_uses(|position| position.spent_until.map(|_| 0));
        self.spend_rates(connection, &stored, true).await?;
        Ok(())
    }
}
