//! Browsers that have signed in to an account before (OWASP "device cookies"). The cookie opens nothing: wrong passwords from
//! such a browser are counted by themselves, so that strangers who fail on the name cannot keep its owner out.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use db::known_devices;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::{Error, Services, tokens};

/// Browsers that are known to one account at most. Programs that sign in without cookies are a new one each time.
const MAX: i64 = 100;
/// Longest text that is taken for a device cookie, in bytes. Those that are set have 43.
const TOKEN_MAX: usize = 64;
/// Days after which a browser that has not signed in is forgotten.
pub(crate) const DAYS: i32 = 180;

/// The device cookie of a request, and the one that its answer sets.
#[derive(Clone, Default)]
pub struct Device {
    hash: Option<[u8; 32]>,
    issued: Arc<OnceLock<SecretString>>,
}

impl Device {
    /// The browser that came with this cookie, if with any.
    #[must_use]
    pub fn read(cookie: Option<&str>) -> Self {
        let text = cookie.filter(|text| !text.is_empty() && text.len() <= TOKEN_MAX);
        Self {
            hash: text.map(tokens::hash),
            issued: Arc::default(),
        }
    }

    /// The cookie that the answer sets, if it sets one.
    #[must_use]
    pub fn issued(&self) -> Option<&SecretString> {
        self.issued.get()
    }

    /// The hash of the cookie that the browser has from now on, if it has one.
    #[must_use]
    pub fn kept(&self) -> Option<[u8; 32]> {
        let issued = self.issued();
        issued
            .map(|token| tokens::hash(token.expose_secret()))
            .or(self.hash)
    }

    /// The hash under which the cookie is stored.
    #[must_use]
    pub fn hash(&self) -> Option<&[u8; 32]> {
        self.hash.as_ref()
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_there = self.hash.is_some();
        f.debug_struct("Device")
            .field("is_there", &is_there)
            .finish()
    }
}

/// Makes a browser known to an account whose password it has shown to know. One that is not known gets a cookie of its own
/// choosing by the server: one that somebody else has put there before is worth nothing afterwards.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub(crate) async fn remember(
    services: &Services,
    user: Uuid,
    device: &Device,
) -> Result<(), Error> {
    if let Some(hash) = device.hash()
        && known_devices::set_used(&services.pool, hash, user).await?
    {
        return Ok(());
    }
    let token = tokens::generate();
    let new = tokens::hash(token.expose_secret());
    let mut transaction = db::begin(&services.pool).await?;
    if let Some(old) = device.hash() {
        known_devices::set_token(&mut transaction, old, &new).await?;
    }
    known_devices::insert(&mut transaction, &new, user).await?;
    known_devices::delete_surplus(&mut transaction, user, MAX).await?;
    db::commit(transaction).await?;
    device.issued.get_or_init(|| token);
    Ok(())
}
