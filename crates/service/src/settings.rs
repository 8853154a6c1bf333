//! What an operator can set, as far as the rules depend on it.

use std::{sync::Arc, time::Duration};

use domain::{
    credentials::PASSWORD_MIN,
    keys::Provider,
    settings::{Described, Installation},
};

use crate::{
    Error, Services,
    access::{Granted, Origin, ReadAudit},
    vault::Vault,
};

/// The port of `LEPTOS_SITE_ADDR` where it is not set.
const DEFAULT_PORT: &str = "3000";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Fewest characters of a password that a person chooses.
    pub password_min: usize,
    /// Whether a password that an administrator sets is its user's until they choose another. Otherwise it lasts no longer than
    /// the first sign-in.
    pub lasting_admin_passwords: bool,
    /// How long a session lasts at most.
    pub session_lifetime: Duration,
    /// How long it lasts at most with "remember me", seen or not.
    pub remembered_lifetime: Duration,
    /// How long an ordinary session lasts without being seen.
    pub session_idle: Duration,
    /// How many sessions a person has at most; the oldest end. 0: as many as they like.
    pub session_limit: u32,
    /// How many days an access token works at most. 0: as long as its owner likes.
    pub token_max_days: u16,
    /// Most megabytes of owned data of one user. 0: no limit.
    pub owned_data_max_mb: u32,
    /// Whether people may make their own accounts.
    pub allow_registration: bool,
    /// Whether people may delete their own accounts.
    pub allow_account_deletion: bool,
    /// Whether somebody has to let them in then.
    pub registration_approval: bool,
    /// How long a deleted account can be restored. Zero: not at all.
    pub delete_retention: Duration,
    /// Encrypts the keys of providers.
    pub vault: Vault,
    /// The providers for which keys are kept.
    pub providers: Vec<Provider>,
    /// The address under which people reach the panel, without a slash at its end. Links begin with it.
    pub public_url: String,
    /// Whether that address is a guess: it is not set, and the server listens on every address of its machine.
    pub is_public_url_guessed: bool,
    /// Every setting of the server as it is shown, without secrets.
    pub described: Arc<[Described]>,
}

impl Settings {
    /// Whether people reach the panel over https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Says that links begin with a guess, and what to set instead; nothing where the address is set.
    #[must_use]
    pub fn guess_warning(&self) -> Option<String> {
        self.is_public_url_guessed.then(|| {
            format!(
                "PUBLIC_URL is not set: links begin with {}, which works on this machine only. Set PUBLIC_URL to the address \
                under which people reach the panel.",
                self.public_url
            )
        })
    }

    /// The address that links of a request begin with: the one that is set, or else the one that the request was sent to.
    #[must_use]
    pub fn base_url<'a>(&'a self, origin: &'a Origin) -> &'a str {
        let asked = origin.base_url.as_deref();
        asked
            .filter(|_| self.is_public_url_guessed)
            .unwrap_or(&self.public_url)
    }

    /// The panel's origin as a browser writes it: in lower case, without the port that its scheme has anyway. None where
    /// `public_url` is a guess, which is no reason to trust a page.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let url = self.public_url.to_ascii_lowercase();
        let port = if self.is_https() { ":443" } else { ":80" };
        let origin = url.strip_suffix(port).unwrap_or(&url);
        (!self.is_public_url_guessed).then(|| origin.to_owned())
    }

    /// The name of a cookie of this server. A browser sends a cookie to every port of a host: the name has the port, so that
    /// two servers of one host do not take each other's cookies. FOVEA's clients know the session by a name without one, which
    /// a server has where its address has no port, or has the one that Rollcall listens on unless told otherwise.
    #[must_use]
    pub fn cookie_name(&self, name: &str) -> String {
        let prefix = if self.is_https() { "__Host-" } else { "" };
        let port = self.public_url.rsplit_once(':').map(|(_, port)| port);
        let is_number = |port: &&str| port.bytes().all(|b| b.is_ascii_digit());
        match port.filter(is_number) {
            None | Some(DEFAULT_PORT) => format!("{prefix}{name}"),
            Some(port) => format!("{prefix}{name}_{port}"),
        }
    }
}

impl Default for Settings {
    /// 7 and 30 days as FOVEA has them; three days unseen, so that a weekend signs nobody out.
    fn default() -> Self {
        Self {
            password_min: PASSWORD_MIN,
            lasting_admin_passwords: false,
            session_lifetime: 7 * DAY,
            remembered_lifetime: 30 * DAY,
            session_idle: 3 * DAY,
            session_limit: 100,
            token_max_days: 365,
            owned_data_max_mb: 500,
            allow_registration: false,
            allow_account_deletion: false,
            registration_approval: true,
            delete_retention: 30 * DAY,
            vault: Vault::default(),
            providers: Provider::builtin(),
            public_url: "http://127.0.0.1:3000".to_owned(),
            is_public_url_guessed: false,
            described: Arc::default(),
        }
    }
}

/// What is set on this server, and of which versions it is made.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn describe(services: &Services, _: &Granted<ReadAudit>) -> Result<Installation, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    Ok(Installation {
        rollcall: env!("CARGO_PKG_VERSION").to_owned(),
        postgres: db::schema::server_version(&mut *connection).await?,
        schema: db::schema::version(&mut connection).await?,
        settings: services.settings.described.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (public_url, origin) in [
            ("https://Panel.Example", "https://panel.example"),
            ("https://panel.example:443", "https://panel.example"),
            ("https://panel.example:80", "https://panel.example:80"),
            ("http://panel.example:80", "http://panel.example"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            let mut settings = Settings {
                public_url: public_url.to_owned(),
                ..Settings::default()
            };
            assert_eq!(settings.origin().as_deref(), Some(origin));
            settings.is_public_url_guessed = true;
            assert_eq!(settings.origin(), None);
        }
    }

    #[test]
    fn cookies_are_named_for_the_server() {
        for (public_url, name) in [
            ("http://127.0.0.1:3000", "session_token"),
            ("http://users.example.org", "session_token"),
            ("http://127.0.0.1:3001", "session_token_3001"),
            ("http://[::1]:8080", "session_token_8080"),
            ("http://[::1]", "session_token"),
            ("https://users.example.org", "__Host-session_token"),
            (
                "https://users.example.org:8443",
                "__Host-session_token_8443",
            ),
        ] {
            let settings = Settings {
                public_url: public_url.to_owned(),
                ..Settings::default()
            };
            assert_eq!(settings.cookie_name("session_token"), name, "{public_url}");
        }
    }
}
