//! Limits of several users, or of several tokens of a user, at once.

use std::collections::BTreeMap;

use db::{
    PgConnection,
    limits::{
        self as rows, Holder, LimitInForce, MeteredUser, balances, balances::Balance, leases,
    },
};
use domain::limits::{Left, Metric};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Meter, created, locks::lock_all};
use crate::{Error, limits::position::Position};

impl Meter {
    /// Reads the limits of several tokens of a user, and locks all balances together with those of the user, as [`open`](Self::open) does
    /// for one token. `found` has the limits of the user.
    pub(in crate::limits) async fn open_tokens(
        connection: &mut PgConnection,
        found: &MeteredUser,
        (user, mut tokens): (Uuid, Vec<Uuid>),
    ) -> Result<Self, Error> {
        let mut limits = found.limits.clone();
        if !tokens.is_empty() {
            limits.extend(rows::list_by_tokens(&mut *connection, &tokens).await?);
        }
        tokens.push(user);
        Self::new(limits, tokens, found.at).locked(connection).await
    }

    /// Reads the limits of several users, and locks all their balances together, as [`open`](Self::open) does for one user. What is spent of
    /// rates is left out. The number of statements does not depend on the number of users.
    pub(in crate::limits) async fn open_users(
        connection: &mut PgConnection,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Result<Vec<(Uuid, Self)>, Error> {
        let limits = rows::list_in_force_of(&mut *connection, users).await?;
        let mut meters = Self::of_users(limits, users, at);
        let (locked, leased) = lock_all(connection, &meters, at).await?;
        for (_, meter) in &mut meters {
            for balance in meter.take(connection, meter.own_of(&locked)).await? {
                balances::delete(&mut *connection, balance.key()).await?;
            }
            meter.add_leases(&leased);
        }
        Ok(meters)
    }

    /// Reads the limits of several users, and what is used of them, without locks and rates. The number of statements does not depend on the
    /// number of users.
    pub(in crate::limits) async fn read_users(
        connection: &mut PgConnection,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Result<Vec<(Uuid, Self)>, Error> {
        let limits = rows::list_in_force_of(&mut *connection, users).await?;
        filled(connection, Self::of_users(limits, users, at), at).await
    }

    /// Reads the limits of users on cost and requests of all models together, as [`read_users`](Self::read_users) reads all limits.
    pub(in crate::limits) async fn read_totals(
        connection: &mut PgConnection,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Result<Vec<(Uuid, Self)>, Error> {
        let limits = rows::list_totals_in_force(&mut *connection, users).await?;
        filled(connection, Self::of_users(limits, users, at), at).await
    }

    /// Returns the limits of each of several users, without what is used of them.
    pub(super) fn of_users(
        limits: Vec<(Uuid, LimitInForce)>,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Vec<(Uuid, Self)> {
        let mut by_user: BTreeMap<Uuid, Vec<LimitInForce>> = BTreeMap::new();
        for (user, limit) in limits {
            by_user.entry(user).or_default().push(limit);
        }
        let meters = users.iter().map(|user| {
            let limits = by_user.remove(user).unwrap_or_default();
            (*user, Self::new(limits, vec![*user], at))
        });
        meters.collect()
    }

    /// Returns those of stored balances that belong to the holders.
    fn own_of(&self, stored: &[Balance]) -> Vec<Balance> {
        let holders = self.holders();
        let own = stored.iter().filter(|it| holders.contains(&it.holder_id));
        own.cloned().collect()
    }

    /// Returns what is left of all limits of a metric on all models together.
    pub(in crate::limits) fn left(&self, metric: Metric) -> Left {
        let all = self.positions.iter();
        let of_metric = all.filter(|it| it.limit.metric == metric && it.limit.model.is_none());
        let left = of_metric.map(|it| {
            let left = it.left(self.at).map(|left| left.max(0));
            left.map_or(Left::Unlimited, Left::Amount)
        });
        left.min().unwrap_or_default()
    }

    /// Returns the time at which more can be used of the user's own limit of a metric on all models together.
    pub(in crate::limits) fn resets_at(&self, metric: Metric) -> Option<OffsetDateTime> {
        let own = self.positions.iter().find(|position| {
            let limit = &position.limit;
            let is_own = matches!(limit.holder, Holder::User(_));
            is_own && limit.metric == metric && limit.model.is_none()
        });
        own?.status(self.at).resets_at
    }
}

/// Adds what is used of the limits of several users, without locks and rates.
async fn filled(
    connection: &mut PgConnection,
    mut meters: Vec<(Uuid, Meter)>,
    at: OffsetDateTime,
) -> Result<Vec<(Uuid, Meter)>, Error> {
    let holders = holders_of(&meters);
    let stored = balances::list(&mut *connection, &holders).await?;
    let leased = leases::sum(&mut *connection, &holders, at).await?;
    assign(&mut meters, &stored);
    let created = created(connection, &missing(&meters), at).await?;
    assign(&mut meters, &created);
    for (_, meter) in &mut meters {
        meter.add_leases(&leased);
    }
    Ok(meters)
}

/// Returns the ids of the holders of the limits of several users.
pub(super) fn holders_of(meters: &[(Uuid, Meter)]) -> Vec<Uuid> {
    let mut holders: Vec<Uuid> = meters.iter().flat_map(|(_, it)| it.holders()).collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

/// Returns the limits whose balances are missing, in the order of their keys. That of a group is named once, and not for each member.
fn missing(meters: &[(Uuid, Meter)]) -> Vec<&Position> {
    let mut missing: Vec<_> = meters.iter().flat_map(|(_, it)| it.missing()).collect();
    missing.sort_by(|one, other| one.key().cmp(&other.key()));
    missing.dedup_by(|one, other| one.key() == other.key());
    missing
}

/// Assigns balances to the limits of their holders.
fn assign(meters: &mut [(Uuid, Meter)], balances: &[Balance]) {
    for (_, meter) in meters {
        meter.take_stored(meter.own_of(balances));
    }
}
