//! Quota of owned data: the maximum that the server stores for one user.

use domain::error::Conflict;
use uuid::Uuid;

use crate::{Error, Services};

/// Denial of a transfer of owned data.
const RECEIVER_FULL: Error = Error::Conflict(Conflict::NewOwnerFull);

const MEGABYTE: i64 = 1024 * 1024;

/// Size of a user's data before a change. The account stays locked until the commit, so nothing else is added meanwhile.
pub(crate) struct Quota {
    owner: Uuid,
    max_mb: u32,
    before: i64,
}

impl Quota {
    /// Measures the data of a user; 0 without a quota.
    pub(crate) async fn measure(
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

    /// Denies a change after which the data exceeds the quota. A change that does not add data is always possible.
    pub(crate) async fn check(&self, transaction: &mut db::Transaction) -> Result<(), Error> {
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

/// Denies a transfer after which the receiver would exceed the quota. Both accounts are locked, so the measured data is the
/// data that is moved. Checked before the move, because that takes long.
pub(crate) async fn check_transfer(
    services: &Services,
    transaction: &mut db::Transaction,
    from: Uuid,
    to: Uuid,
) -> Result<(), Error> {
    let max_mb = services.settings.owned_data_max_mb;
    if max_mb == 0 {
        return Ok(());
    }
    let given = db::owned::sum_bytes(&mut **transaction, from).await?;
    let owned = db::owned::sum_bytes(&mut **transaction, to).await?;
    if given > 0 && owned + given > i64::from(max_mb) * MEGABYTE {
        return Err(RECEIVER_FULL);
    }
    Ok(())
}
