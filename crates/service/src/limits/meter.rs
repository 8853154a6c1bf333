//! The limits in force for a user, with locked balances: the decision on a use, and its count. All uses of a user, a token and a shared
//! group wait for each other here, so no limit permits more than it says.

mod locks;
mod many;
mod rates;
mod shared;
mod store;

use std::iter;

use db::{
    PgConnection,
    limits::{
        self as rows, Holder, LimitInForce, MeteredUser, balances, balances::Balance, leases,
    },
};
use domain::{
    limits::{LimitReached, LimitStatus, Metric},
    usage::Use,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::position::Position;
use crate::Error;

/// Limits in force at a time.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) at: OffsetDateTime,
    pub(super) positions: Vec<Position>,
    /// The ids of the user and the tokens.
    own: Vec<Uuid>,
    /// Whether a limit has another period, or a rate another amount, than what is stored was counted by, or a rate is stored for longer than
    /// an hour.
    is_changed: bool,
}

impl Meter {
    /// Reads what is used of the limits of a user and a token, without locks. `found` has the limits.
    pub(super) async fn read(
        connection: &mut PgConnection,
        found: &MeteredUser,
        holder: (Uuid, Option<Uuid>),
    ) -> Result<Self, Error> {
        Self::found(found, holder).filled(connection).await
    }

    /// Reads the limits of the access tokens and the virtual keys of a user that have not ended, and what is used of them, without locks.
    pub(super) async fn read_tokens(
        connection: &mut PgConnection,
        user: Uuid,
        at: OffsetDateTime,
    ) -> Result<Self, Error> {
        let limits = rows::list_of_tokens(&mut *connection, user).await?;
        Self::new(limits, vec![user], at).filled(connection).await
    }

    /// Adds what is used.
    async fn filled(mut self, connection: &mut PgConnection) -> Result<Self, Error> {
        let holders = self.holders();
        let stored = balances::list(&mut *connection, &holders).await?;
        self.take(connection, stored).await?;
        let leased = leases::sum(&mut *connection, &holders, self.at).await?;
        self.add_leases(&leased);
        self.add_rates(connection).await?;
        Ok(self)
    }

    /// Locks the balances of the limits of a user and a token until the transaction ends. Missing ones are created from the events of
    /// their periods, and those that no limit governs are deleted. `found` has the limits.
    pub(super) async fn open(
        connection: &mut PgConnection,
        found: &MeteredUser,
        holder: (Uuid, Option<Uuid>),
    ) -> Result<Self, Error> {
        Self::found(found, holder).locked(connection).await
    }

    /// Locks the balances, and adds what is used.
    async fn locked(mut self, connection: &mut PgConnection) -> Result<Self, Error> {
        let holders = self.holders();
        let locked = locks::lock(connection, (&self.positions, &holders), self.at).await?;
        let (stored, leased) = locked;
        for balance in self.take(connection, stored).await? {
            balances::delete(&mut *connection, balance.key()).await?;
        }
        self.add_leases(&leased);
        self.add_rates(connection).await?;
        Ok(self)
    }

    /// Returns the limits of a user and a token, without what is used of them.
    fn found(found: &MeteredUser, (user, token): (Uuid, Option<Uuid>)) -> Self {
        let own = iter::once(user).chain(token).collect();
        Self::new(found.limits.clone(), own, found.at)
    }

    fn new(limits: Vec<LimitInForce>, own: Vec<Uuid>, at: OffsetDateTime) -> Self {
        let mut positions: Vec<_> = limits.into_iter().map(Position::new).collect();
        // In the order in which the rows are locked.
        positions.sort_by(|one, other| one.key().cmp(&other.key()));
        Self {
            at,
            positions,
            own,
            is_changed: false,
        }
    }

    /// Returns the ids of the user and the tokens, also without limits, and of the groups that share one.
    pub(super) fn holders(&self) -> Vec<Uuid> {
        let of_limits = self.positions.iter().map(|it| it.limit.holder.id());
        let mut ids: Vec<Uuid> = of_limits.chain(self.own.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Returns the groups with a shared limit, and the token with one.
    pub(super) fn other_holders(&self) -> impl Iterator<Item = Uuid> {
        let holders = self.positions.iter().map(|position| position.limit.holder);
        holders
            .filter(|holder| !matches!(holder, Holder::User(_)))
            .map(Holder::id)
    }

    /// Assigns stored balances to their limits, and to the other limits what the events of their periods say. Returns the balances that no
    /// limit governs.
    async fn take(
        &mut self,
        connection: &mut PgConnection,
        stored: Vec<Balance>,
    ) -> Result<Vec<Balance>, Error> {
        let mut rest = self.take_stored(stored);
        let fresh = created(connection, &self.missing(), self.at).await?;
        self.take_stored(fresh);
        rest.retain(|balance| {
            let mut counted = self.positions.iter().filter(|it| it.is_counted());
            counted.all(|it| it.key() != balance.key())
        });
        Ok(rest)
    }

    /// Assigns stored balances to their limits, in the present period. Returns those without one.
    fn take_stored(&mut self, stored: Vec<Balance>) -> Vec<Balance> {
        let at = self.at;
        let mut rest = Vec::new();
        for mut balance in stored {
            let mut positions = self.positions.iter_mut();
            let found = positions.find(|it| it.is_counted() && it.key() == balance.key());
            match found {
                // The uses of a limit that refilled were not summed.
                Some(position) if balance.level.is_none() || position.fresh(at).level.is_some() => {
                    self.is_changed |= balance.period != position.spec();
                    position.advance(&mut balance, at);
                    position.balance = Some(balance);
                }
                Some(_) | None => rest.push(balance),
            }
        }
        rest
    }

    /// Returns the limits whose balances are missing.
    fn missing(&self) -> Vec<&Position> {
        let all = self.positions.iter();
        all.filter(|it| it.is_counted() && it.balance.is_none())
            .collect()
    }

    /// Adds what is reserved to the limits that count it.
    fn add_leases(&mut self, leased: &[leases::Leased]) {
        for position in &mut self.positions {
            let (holder, metric, _) = position.key();
            let own = leased.iter().filter(|it| it.holder_id == holder);
            let own: Vec<_> = own
                .filter(|it| position.is_about(it.model.as_deref()))
                .collect();
            let of = |it: &&leases::Leased| match metric {
                Metric::Requests => it.requests,
                Metric::Tokens => it.tokens,
                Metric::Cost => it.cost,
                Metric::Parallel => it.leases,
                Metric::Rpm | Metric::Tpm => 0,
            };
            let reserved = own.iter().map(of).fold(0, i64::saturating_add);
            let first_end = own.iter().map(|it| it.first_end).min();
            position.reserved = reserved;
            position.first_end = first_end;
        }
    }

    /// Returns the limits that count uses of a model.
    fn about(&self, model: Option<&str>) -> impl Iterator<Item = &Position> {
        self.positions
            .iter()
            .filter(move |position| position.is_about(model))
    }

    /// Returns the denial of a use, of several the one that lasts longest. `is_lease` uses count against the limit of leases. An amount that
    /// was left out needs something to be left, of a rate that it permits anything.
    pub(super) fn deny(&self, used: &Use, is_lease: bool) -> Option<LimitReached> {
        let denials = self.about(used.model.as_deref()).filter_map(|position| {
            let metric = position.limit.metric;
            let is_left_out = used.left_out.contains(&metric);
            match metric {
                Metric::Parallel if !is_lease => None,
                Metric::Rpm | Metric::Tpm if is_left_out => {
                    let is_zero = position.limit.amount == Some(0);
                    is_zero.then(|| position.reached(1, self.at))
                }
                _ if is_left_out => position.deny(1, self.at),
                _ => position.deny(used.amounts.of(metric), self.at),
            }
        });
        denials.max_by_key(|denial| denial.retry_after.unwrap_or(u64::MAX))
    }

    /// Returns what is left of each limit that counts uses of a model; of all limits without one.
    pub(super) fn statuses(&self, model: Option<&str>) -> Vec<LimitStatus> {
        let counts = |it: &&Position| model.is_none() || it.is_about(model);
        self.positions
            .iter()
            .filter(counts)
            .map(|it| it.status(self.at))
            .collect()
    }
}

/// Returns balances of the present periods of limits, with the uses that are stored already, in the order of the limits.
async fn created(
    connection: &mut PgConnection,
    positions: &[&Position],
    at: OffsetDateTime,
) -> Result<Vec<Balance>, Error> {
    let mut created: Vec<Balance> = positions.iter().map(|it| it.fresh(at)).collect();
    let holders = positions.iter().map(|it| it.limit.holder);
    let summed: Vec<(Holder, &Balance)> = holders
        .zip(&created)
        .filter(|(_, balance)| is_summed(balance))
        .collect();
    let sums = balances::sum_periods(connection, &summed).await?;
    let summed = created.iter_mut().filter(|balance| is_summed(balance));
    for (balance, (used, granted)) in summed.zip(sums) {
        balance.used = used;
        balance.granted = granted;
    }
    Ok(created)
}

/// Returns whether a balance is the sum of the uses of its period.
fn is_summed(balance: &Balance) -> bool {
    balance.metric.has_period() && balance.level.is_none()
}
