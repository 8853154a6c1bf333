//! Limits of several users, or of several tokens of a user, at once.

use std::collections::BTreeMap;

use db::{
    PgConnection,
    limits::{self as rows, Holder, balances, balances::Balance, leases},
};
use domain::limits::{Left, Metric};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Meter, created};
use crate::{Error, limits::position::Position};

impl Meter {
    /// Reads the limits of a user and of several tokens, and locks all their balances together, as [`open`](Self::open) does for one token.
    pub(in crate::limits) async fn open_tokens(
        connection: &mut PgConnection,
        (user, mut tokens): (Uuid, Vec<Uuid>),
        at: OffsetDateTime,
    ) -> Result<Self, Error> {
        let mut limits = rows::list_in_force(&mut *connection, user, None).await?;
        if !tokens.is_empty() {
            limits.extend(rows::list_by_tokens(&mut *connection, &tokens).await?);
        }
        tokens.push(user);
        Self::new(limits, tokens, at).locked(connection).await
    }

    /// Reads the limits of users on cost and requests of all models together, and what is used of them, without locks. The number of statements does
    /// not depend on the number of users.
    pub(in crate::limits) async fn read_totals(
        connection: &mut PgConnection,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Result<Vec<(Uuid, Self)>, Error> {
        let mut positions: BTreeMap<Uuid, Vec<Position>> = BTreeMap::new();
        for (user, limit) in rows::list_totals_in_force(&mut *connection, users).await? {
            let of_user = positions.entry(user).or_default();
            of_user.push(Position::new(limit));
        }
        let mut meters: Vec<(Uuid, Self)> = Vec::with_capacity(users.len());
        for user in users {
            let meter = Self {
                at,
                positions: positions.remove(user).unwrap_or_default(),
                own: vec![*user],
                is_changed: false,
            };
            meters.push((*user, meter));
        }
        let mut holders: Vec<Uuid> = meters.iter().flat_map(|(_, it)| it.holders()).collect();
        holders.sort_unstable();
        holders.dedup();
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
        let own = meter.holders();
        let of_meter = balances.iter().filter(|it| own.contains(&it.holder_id));
        meter.take_stored(of_meter.cloned().collect());
    }
}
