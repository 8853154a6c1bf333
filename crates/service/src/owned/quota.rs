//! How much the server stores for one user.

use uuid::Uuid;

use crate::{Error, Services};

const MEGABYTE: i64 = 1024 * 1024;

/// What a user owned before a change. The account stays locked until the change is committed, so nothing is added meanwhile.
pub(super) struct Quota {
    owner: Uuid,
    max_mb: u32,
    before: i64,
}

impl Quota {
    /// Measures what a user owns, where that is bounded.
    pub(super) async fn measure(
        services: &Services,
        transaction: &mut db::Transaction,
        owner: Uuid,
    ) -> Result<Self, Error> {
        let max_mb = services.settings.owned_data_max_mb;
        let before = match max_mb {
            0 => 0,
            _ => db::owned::sum_bytes(&mut **transaction, owner).await?,
        };
        Ok(Self {
            owner,
            max_mb,
            before,
        })
    }

    /// Denies a change by which the user owns more than the server stores for one. Less is always possible.
    pub(super) async fn check(&self, transaction: &mut db::Transaction) -> Result<(), Error> {
        if self.max_mb == 0 {
            return Ok(());
        }
        let after = db::owned::sum_bytes(&mut **transaction, self.owner).await?;
        if after > self.before && after > i64::from(self.max_mb) * MEGABYTE {
            return Err(Error::OwnedDataFull(self.max_mb));
        }
        Ok(())
    }
}
