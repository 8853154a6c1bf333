//! Addresses that many failed tries have come from have to wait, whatever it was that they tried; accounts that many were
//! made against, too; and addresses from which many accounts were made.

use db::login_attempts::{self, Scope};
use sha2::{Digest, Sha256};

use crate::{Error, Services, access::Origin};

/// An address that failures are counted against. Only its hash is kept.
pub(crate) struct Address(Option<[u8; 32]>);

impl Address {
    /// The address that a request comes from, if it is known.
    pub(crate) fn of(origin: &Origin) -> Self {
        let ip = origin.ip.map(|ip| ip.to_string());
        Self(ip.map(|ip| Sha256::digest(ip.as_bytes()).into()))
    }

    /// Lets a try go on, unless the address has to wait.
    pub(crate) async fn admit(&self, services: &Services) -> Result<(), Error> {
        let Some(address) = &self.0 else {
            return Ok(());
        };
        let delay = login_attempts::find_delay(&services.pool, Scope::Address, address).await?;
        delay.map_or(Ok(()), |delay| Err(Error::TooMany(delay)))
    }

    /// Counts a try that has failed.
    pub(crate) async fn note_failure(&self, services: &Services) -> Result<(), Error> {
        if let Some(address) = &self.0 {
            login_attempts::try_count(&services.pool, Scope::Address, address).await?;
        }
        Ok(())
    }
}

/// What wrong passwords are counted against, wherever one is asked for.
pub(crate) struct Tries {
    account: [u8; 32],
    address: Address,
}

impl Tries {
    /// Those against an account, by the name that was typed, from where a request comes.
    pub(crate) fn of(username: &str, origin: &Origin) -> Self {
        Self {
            account: Sha256::digest(username.trim().to_lowercase().as_bytes()).into(),
            address: Address::of(origin),
        }
    }

    /// Lets a try go on. It counts against the account already now, so that many at once gain nothing; against the
    /// address only when it has failed, so that an office may sign in all at once.
    pub(crate) async fn admit(&self, services: &Services) -> Result<(), Error> {
        self.address.admit(services).await?;
        if login_attempts::try_count(&services.pool, Scope::Account, &self.account).await? {
            return Ok(());
        }
        let delay =
            login_attempts::find_delay(&services.pool, Scope::Account, &self.account).await?;
        Err(Error::TooMany(delay.unwrap_or_default()))
    }

    /// Counts a try that has failed against the address as well.
    pub(crate) async fn note_failure(&self, services: &Services) -> Result<(), Error> {
        self.address.note_failure(services).await
    }

    /// Forgets those against the account: somebody has shown that they know its password.
    pub(crate) async fn forget(&self, services: &Services) -> Result<(), Error> {
        Ok(login_attempts::delete(&services.pool, Scope::Account, &self.account).await?)
    }
}

/// Counts an account that somebody wants to make, unless too many were made from their address lately.
pub(crate) async fn admit_registration(services: &Services, origin: &Origin) -> Result<(), Error> {
    let Address(Some(address)) = Address::of(origin) else {
        return Ok(());
    };
    let (pool, scope) = (&services.pool, Scope::Registration);
    if login_attempts::try_count(pool, scope, &address).await? {
        return Ok(());
    }
    let delay = login_attempts::find_delay(pool, scope, &address).await?;
    Err(Error::TooMany(delay.unwrap_or_default()))
}
