//! Limits that the members of groups share, apart from those of any user.

use db::{PgConnection, limits::LimitInForce};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Meter, locks};
use crate::{Error, limits::position::Position};

impl Meter {
    /// Reads what is used of shared limits, without locks.
    pub(in crate::limits) async fn read_shared(
        connection: &mut PgConnection,
        limits: Vec<LimitInForce>,
        at: OffsetDateTime,
    ) -> Result<Self, Error> {
        let (meter, _) = Self::of_groups(limits, at);
        meter.filled(connection).await
    }

    /// Reads what is used of a shared limit, and locks the balances of the group until the transaction ends. A missing one is created.
    pub(in crate::limits) async fn open_shared(
        connection: &mut PgConnection,
        limit: LimitInForce,
        at: OffsetDateTime,
    ) -> Result<Self, Error> {
        let (mut meter, groups) = Self::of_groups(vec![limit], at);
        let locked = locks::lock(connection, (&meter.positions, &groups), at).await?;
        let (stored, leased) = locked;
        meter.take(connection, stored).await?;
        meter.add_leases(&leased);
        meter.add_rates(connection).await?;
        Ok(meter)
    }

    /// Returns the limits without their balances, and the ids of their groups.
    fn of_groups(limits: Vec<LimitInForce>, at: OffsetDateTime) -> (Self, Vec<Uuid>) {
        let mut groups: Vec<Uuid> = limits.iter().map(|limit| limit.holder.id()).collect();
        groups.sort_unstable();
        groups.dedup();
        let meter = Self {
            at,
            positions: limits.into_iter().map(Position::new).collect(),
            own: Vec::new(),
            is_changed: false,
        };
        (meter, groups)
    }
}
