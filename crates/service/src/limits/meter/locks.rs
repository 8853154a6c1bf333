//! Locks of balances. Missing balances are created in one order and before the first lock, and all are locked in one order then, so that two
//! transactions do not wait for each other in a circle. The holders of missing ones are retained before that, because a deletion of a group
//! or a token locks it first, and then its balances.

use db::{
    PgConnection,
    limits::{self as rows, balances, balances::Balance, leases::Leased},
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Meter, created, many::holders_of};
use crate::{Error, limits::position::Position};

impl Meter {
    /// Locks the balances of several users together, and creates the missing ones, before [`open`](Self::open) or
    /// [`open_users`](Self::open_users) reads them.
    pub(in crate::limits) async fn lock(
        connection: &mut PgConnection,
        users: &[Uuid],
        at: OffsetDateTime,
    ) -> Result<(), Error> {
        let limits = rows::list_in_force_of(&mut *connection, users).await?;
        lock_all(connection, &Self::of_users(limits, users, at), at).await?;
        Ok(())
    }
}

/// Locks the balances of several users together, as [`lock`] does.
pub(super) async fn lock_all(
    connection: &mut PgConnection,
    meters: &[(Uuid, Meter)],
    at: OffsetDateTime,
) -> Result<(Vec<Balance>, Vec<Leased>), Error> {
    let positions = meters.iter().flat_map(|(_, meter)| &meter.positions);
    let positions: Vec<Position> = positions.cloned().collect();
    lock(connection, (&positions, &holders_of(meters)), at).await
}

/// Locks the balances of holders until the transaction ends, and creates those of their limits that are missing. Usually there are none.
/// Returns them with the leases of the holders.
pub(super) async fn lock(
    connection: &mut PgConnection,
    (positions, holders): (&[Position], &[Uuid]),
    at: OffsetDateTime,
) -> Result<(Vec<Balance>, Vec<Leased>), Error> {
    let needed = counted(positions);
    let needed: Vec<_> = needed.into_iter().map(Position::key).collect();
    let (locked, leased) = balances::lock(&mut *connection, holders, &needed, at).await?;
    if missing(positions, &locked).is_empty() {
        return Ok((locked, leased));
    }
    // Lock order: the groups and the tokens before the balances.
    rows::retain_holders(&mut *connection, holders).await?;
    let stored = balances::list(&mut *connection, holders).await?;
    create(connection, &missing(positions, &stored), at).await?;
    let (locked, leased) = balances::lock(&mut *connection, holders, &[], at).await?;
    let deleted = missing(positions, &locked);
    if deleted.is_empty() {
        return Ok((locked, leased));
    }
    // Another transaction has deleted a balance meanwhile.
    create(connection, &deleted, at).await?;
    Ok(balances::lock(connection, holders, &[], at).await?)
}

/// Returns the limits with a balance, in the order of their keys. That of a group is named once, and not for each member.
fn counted(positions: &[Position]) -> Vec<&Position> {
    let mut counted: Vec<_> = positions.iter().filter(|it| it.is_counted()).collect();
    counted.sort_by(|one, other| one.key().cmp(&other.key()));
    counted.dedup_by(|one, other| one.key() == other.key());
    counted
}

/// Returns the limits without a stored balance, in the order of their keys.
fn missing<'a>(positions: &'a [Position], stored: &[Balance]) -> Vec<&'a Position> {
    let is_stored = |position: &Position| stored.iter().any(|it| it.key() == position.key());
    let mut missing = counted(positions);
    missing.retain(|it| !is_stored(it));
    missing
}

/// Creates the balances of limits. One that another transaction is creating is waited for.
async fn create(
    connection: &mut PgConnection,
    missing: &[&Position],
    at: OffsetDateTime,
) -> Result<(), Error> {
    let fresh = created(connection, missing, at).await?;
    for (position, balance) in missing.iter().zip(&fresh) {
        balances::insert(&mut *connection, position.limit.holder, balance).await?;
    }
    Ok(())
}
