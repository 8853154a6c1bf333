//! Settings of the operator that the services depend on.

use std::{sync::Arc, time::Duration};

use domain::{
    credentials::PASSWORD_MIN,
    dialects::DialectState,
    keys::Provider,
    settings::{Described, Installation},
};

use crate::{
    Error, Services,
    access::{AuditRead, Authorized, MasterKey, Origin},
    vault::Vault,
};

/// Default port of `LEPTOS_SITE_ADDR`.
const DEFAULT_PORT: &str = "3000";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Configuration of the services.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Minimum number of characters of a password that a user chooses.
    pub password_min: usize,
    /// Lets a password that an administrator sets stay valid until the user changes it. If false, it must be replaced at
    /// the first sign-in.
    pub lasting_admin_passwords: bool,
    /// Denies passwords that are common or easily guessed. If false, only their length and the names of the user count.
    pub denies_common_passwords: bool,
    /// Maximum lifetime of a session.
    pub session_lifetime: Duration,
    /// Maximum lifetime of a session with "remember me", active or not.
    pub remembered_lifetime: Duration,
    /// Maximum time without activity of a session without "remember me".
    pub session_idle: Duration,
    /// Maximum number of sessions per user; the oldest are ended. 0: no limit.
    pub session_limit: u32,
    /// Maximum lifetime of an access token in days. 0: no limit.
    pub token_max_days: u16,
    /// Maximum size of the owned data of one user, in MB. 0: no limit.
    pub owned_data_max_mb: u32,
    /// Enables registration of new users.
    pub allow_registration: bool,
    /// Enables users to delete their own accounts.
    pub allow_account_deletion: bool,
    /// Requires the approval of registrations by an administrator.
    pub registration_approval: bool,
    /// Time for which a deleted account can be restored. Zero: deletion is permanent.
    pub delete_retention: Duration,
    /// Number of days for which usage events are stored; their sums by day stay. 0: no limit.
    pub usage_retention_days: u16,
    /// Enables searching words of the messages of conversations.
    pub conversation_search: bool,
    /// Encryption of the provider API keys.
    pub vault: Vault,
    /// Providers for which API keys can be stored.
    pub providers: Vec<Provider>,
    /// Key with which clients of LiteLLM act for the operator; None if there is none.
    pub litellm_master_key: Option<MasterKey>,
    /// Base URL of the panel without a trailing slash. Links start with it.
    pub public_url: String,
    /// True if the base URL is a guess: it is not configured, and the server listens on all addresses of its machine.
    pub is_public_url_guessed: bool,
    /// All settings of the server as the panel shows them, without secrets.
    pub described: Arc<[Described]>,
    /// All dialects of this version, on or off.
    pub dialects: Arc<[DialectState]>,
}

impl Settings {
    /// Returns whether the panel is served over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Returns a warning when links start with a guessed base URL, with advice. None where the URL is configured.
    #[must_use]
    pub fn guess_warning(&self) -> Option<String> {
        self.is_public_url_guessed.then(|| {
            format!(
                "PUBLIC_URL is not set: links start with {}, which works on this machine only. Set PUBLIC_URL to the URL that users \
                 open.",
                self.public_url
            )
        })
    }

    /// Returns the base URL of links for a request: the configured one, or, where that is a guess, the one that the request
    /// was sent to.
    #[must_use]
    pub fn base_url<'a>(&'a self, origin: &'a Origin) -> &'a str {
        let asked = origin.base_url.as_deref();
        asked
            .filter(|_| self.is_public_url_guessed)
            .unwrap_or(&self.public_url)
    }

    /// Returns the origin of the panel as browsers serialize it: in lower case, without the default port of the scheme.
    /// None where `public_url` is a guess, which must not make a page trusted.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let url = self.public_url.to_ascii_lowercase();
        let port = if self.is_https() { ":443" } else { ":80" };
        let origin = url.strip_suffix(port).unwrap_or(&url);
        (!self.is_public_url_guessed).then(|| origin.to_owned())
    }

    /// Returns the name of a cookie of this server. Browsers send a cookie to every port of a host: the name contains the
    /// port, so that two servers on one host do not overwrite each other's cookies. FOVEA's clients expect the session
    /// cookie without a port; it has that name where the URL has no port, or the default one.
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
    /// Uses 7 and 30 days as FOVEA does; three days without activity, so that a weekend does not sign users out.
    fn default() -> Self {
        Self {
            password_min: PASSWORD_MIN,
            lasting_admin_passwords: false,
            denies_common_passwords: true,
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
            usage_retention_days: 400,
            conversation_search: false,
            vault: Vault::default(),
            providers: Provider::builtin(),
            litellm_master_key: None,
            public_url: "http://127.0.0.1:3000".to_owned(),
            is_public_url_guessed: false,
            described: Arc::default(),
            dialects: Arc::default(),
        }
    }
}

/// Returns the settings of this server and the versions of its components.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn describe(
    services: &Services,
    _: &Authorized<AuditRead>,
) -> Result<Installation, Error> {
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
    fn origin_is_formatted_as_browsers_do() {
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
    fn cookie_name_depends_on_the_server() {
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
