//! Addresses that many failed tries have come from have to wait, whatever it was that they tried; and those from which many
//! accounts were made.

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
