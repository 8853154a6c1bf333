//! Counting uses that are permitted or have happened.

use db::{
    PgConnection,
    limits::{self as rows, MeteredUser, balances::Balance},
    usage,
};
use domain::usage::UsageEvent;
use uuid::Uuid;

use super::Meter;
use crate::{Error, limits::in_ledger};

impl Meter {
    /// Counts uses of a user against the balances, and stores both.
    pub(in crate::limits) async fn count(
        &mut self,
        connection: &mut PgConnection,
        user: Uuid,
        events: &[UsageEvent],
    ) -> Result<(), Error> {
        for position in &mut self.positions {
            if !position.limit.metric.has_period() {
                continue;
            }
            if let Some(mut balance) = position.balance.take() {
                position.count(&mut balance, events, self.at);
                position.balance = Some(balance);
            }
        }
        Ok(usage::store(connection, Some(user), events, &self.balances()).await?)
    }

    /// Stores the periods of the balances and the amounts of the rates after a denial, if they are others than before: they begin now, and
    /// not with the next use, and so does the time to wait. Nothing is stored for a user who is deleted permanently meanwhile.
    pub(in crate::limits) async fn store_changes(
        &self,
        pool: &db::PgPool,
        (user, token): (Uuid, Option<Uuid>),
    ) -> Result<(), Error> {
        if !self.is_changed {
            return Ok(());
        }
        let mut transaction = db::begin(pool).await?;
        // Lock order: the account before the balances.
        let found = rows::retain_user(&mut transaction, user, token).await?;
        if found.status.is_none() {
            return Ok(());
        }
        let found = MeteredUser {
            at: self.at,
            ..found
        };
        let mut meter = Self::open(&mut transaction, &found, (user, token)).await?;
        meter.recount_rates(&mut transaction).await?;
        meter.store(&mut transaction).await?;
        Ok(db::commit(transaction, in_ledger()).await?)
    }

    /// Stores the balances.
    pub(in crate::limits) async fn store(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), Error> {
        let balances = self.balances();
        if balances.is_empty() {
            return Ok(());
        }
        Ok(usage::store(connection, None, &[], &balances).await?)
    }

    /// Returns the balances of the limits.
    fn balances(&self) -> Vec<Balance> {
        let positions = self.positions.iter();
        positions
            .filter_map(|position| position.balance.clone())
            .collect()
    }
}
