//! Spending rates, and giving back what a reservation has not used of them.

use db::{
    PgConnection,
    limits::{leases::Lease, rates},
};
use domain::{
    limits::LimitReached,
    usage::{UsageAmounts, UsageEvent},
};
use time::{Duration, OffsetDateTime};

use super::Meter;
use crate::{
    Error,
    limits::position::{Position, micros},
};

impl Meter {
    /// Returns the rates with a number that count uses of a model.
    fn rates(&mut self, model: Option<&str>) -> impl Iterator<Item = &mut Position> {
        let all = self.positions.iter_mut();
        all.filter(move |position| position.is_rate() && position.is_about(model))
    }

    /// Spends the rates of a use. Returns the denial if another request has spent one meanwhile.
    pub(in crate::limits) async fn spend(
        &mut self,
        connection: &mut PgConnection,
        (amounts, model): (UsageAmounts, Option<&str>),
    ) -> Result<Option<LimitReached>, Error> {
        let at = self.at;
        for position in self.rates(model) {
            let units = amounts.of(position.limit.metric);
            if units > 0 && !take(&mut *connection, position, (units, at), false).await? {
                return Ok(Some(position.reached(units, at)));
            }
        }
        Ok(None)
    }

    /// Spends the rates of uses that have happened, each rate once. Uses of more than a minute ago spend nothing any more.
    pub(in crate::limits) async fn spend_past(
        &mut self,
        connection: &mut PgConnection,
        events: &[UsageEvent],
    ) -> Result<(), Error> {
        let at = self.at;
        let since = at - Duration::MINUTE;
        for position in self.positions.iter_mut().filter(|it| it.is_rate()) {
            let metric = position.limit.metric;
            let units = events
                .iter()
                .filter(|event| event.at > since)
                .filter(|event| position.is_about(event.used.model.as_deref()))
                .map(|event| event.used.amounts.of(metric))
                .fold(0, i64::saturating_add);
            if units > 0 {
                take(&mut *connection, position, (units, at), true).await?;
            }
        }
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
        let at = self.at;
        let passed = micros(at - lease.created_at);
        let reserved = lease.amounts();
        for position in self.rates(lease.model.as_deref()) {
            let metric = position.limit.metric;
            let (before, after) = (reserved.of(metric), used.of(metric));
            let unused = position.step(before) - position.step(after).max(passed);
            if after > before {
                take(&mut *connection, position, (after - before, at), true).await?;
            } else if unused > 0 && lease.holders.contains(&position.limit.holder.id()) {
                give_back(&mut *connection, position, (unused, at)).await?;
            }
        }
        Ok(())
    }
}

/// Spends units of a rate. Returns false, and spends nothing, if they do not fit and the use is not `forced`.
async fn take(
    connection: &mut PgConnection,
    position: &mut Position,
    (units, at): (i64, OffsetDateTime),
    forced: bool,
) -> Result<bool, Error> {
    convert(&mut *connection, position).await?;
    let spent = (position.step(units), position.per_minute());
    let ahead = rates::take(connection, position.key(), spent, forced).await?;
    let Some(ahead) = ahead else {
        return Ok(false);
    };
    position.spent_until = Some(at + Duration::microseconds(ahead));
    Ok(true)
}

/// Gives back some microseconds of a rate.
async fn give_back(
    connection: &mut PgConnection,
    position: &mut Position,
    (unused, at): (i64, OffsetDateTime),
) -> Result<(), Error> {
    convert(&mut *connection, position).await?;
    let ahead = rates::give_back(connection, position.key(), unused).await?;
    position.spent_until = ahead.map(|ahead| at + Duration::microseconds(ahead));
    Ok(())
}

/// Stores a rate by the present amount, if it was counted by another one.
async fn convert(connection: &mut PgConnection, position: &mut Position) -> Result<(), Error> {
    if let Some(changed) = position.converted_from.take().zip(position.spent_until) {
        let amount = position.per_minute();
        rates::convert(connection, position.key(), changed, amount).await?;
    }
    Ok(())
}
