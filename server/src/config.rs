//! The configuration: from the environment, else from `.env`, else from Leptos.toml or a default. It is read only here, once, and
//! checked before a command does anything.

mod catalogue;
mod compat;
mod dotenv;
mod sources;
mod values;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use dialects::Dialects;
use domain::dialects::DialectState;
use service::{PoolSettings, settings::Settings};
use time::OffsetDateTime;

use crate::{failure::BoxError, proxies::TrustedProxies};
use catalogue::SETTINGS;
use compat::DialectAddress;
use sources::Sources;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum time that a request waits for a database connection. With a longer one a page seems dead, where it should ask the user
/// to try again.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Text that is printed for a setting without a value.
const NOT_SET: &str = "(not set)";

/// Format of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Text, for operators.
    Text,
    /// JSON, for programs.
    Json,
}

/// The configuration after all checks.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Settings of the pool of database connections.
    pub(crate) pool: PoolSettings,
    /// Address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// Address and port of the endpoint for metrics; None disables it.
    pub(crate) metrics: Option<SocketAddr>,
    /// Folder with the built files of the panel.
    pub(crate) site_root: PathBuf,
    /// Public address of the panel, without a trailing slash.
    pub(crate) public_url: String,
    /// Proxies that are trusted to report the address of the client.
    pub(crate) trusted_proxies: TrustedProxies,
    /// Maximum number of API requests per minute; 0 disables the limit.
    pub(crate) api_rate_limit: u32,
    /// Dialects below `/compat/`.
    pub(crate) dialects: Dialects,
    /// Dialects with addresses of their own.
    pub(crate) dialect_addresses: Vec<DialectAddress>,
    /// Settings that the services depend on.
    pub(crate) settings: Settings,
    /// Format of the logs.
    pub(crate) log_format: LogFormat,
    /// Filter of the log lines, such as `info,sqlx=warn`.
    pub(crate) log_level: String,
}

impl Config {
    /// Reads and checks the whole configuration.
    pub(crate) fn load() -> Result<Self, BoxError> {
        Self::from(&Sources::read()?, &Dialects::builtin())
    }

    /// Returns every setting with its value and its source, one per line.
    pub(crate) fn describe() -> Result<String, BoxError> {
        let lines: Vec<String> = Sources::read()?
            .describe(SETTINGS)
            .into_iter()
            .map(|described| {
                let shown = described.value.as_deref().unwrap_or(NOT_SET);
                format!("{:<26} {shown:<44} {}", described.name, described.source)
            })
            .collect();
        Ok(lines.join("\n"))
    }

    fn from(sources: &Sources, known: &Dialects) -> Result<Self, BoxError> {
        let value = |name| sources.value(SETTINGS, name);
        let listen = values::address("LEPTOS_SITE_ADDR", &value("LEPTOS_SITE_ADDR"))?;
        let public_url = values::public_url("PUBLIC_URL", &value("PUBLIC_URL"), listen)?;
        let dialects = values::dialects("DIALECTS", &value("DIALECTS"), known)?;
        let dialect_addresses = compat::addresses(sources, known)?;
        let described = compat::describe(known, &dialects, &dialect_addresses, &public_url);
        Ok(Self {
            pool: PoolSettings {
                url: values::database_url("DATABASE_URL", &value("DATABASE_URL"))?,
                max_connections: values::number(
                    "DATABASE_MAX_CONNECTIONS",
                    &value("DATABASE_MAX_CONNECTIONS"),
                    2..=1_000,
                )?,
                acquire_timeout: ACQUIRE_TIMEOUT,
            },
            listen,
            metrics: match value("METRICS_ADDR").as_str() {
                "" => None,
                text => Some(values::address("METRICS_ADDR", text)?),
            },
            site_root: PathBuf::from(value("LEPTOS_SITE_ROOT")),
            trusted_proxies: values::networks("TRUSTED_PROXIES", &value("TRUSTED_PROXIES"))?,
            api_rate_limit: values::number(
                "API_RATE_LIMIT",
                &value("API_RATE_LIMIT"),
                0..=1_000_000,
            )?,
            dialects,
            dialect_addresses,
            settings: settings(sources, &public_url, listen, described)?,
            public_url,
            log_format: values::one_of(
                "LOG_FORMAT",
                &value("LOG_FORMAT"),
                [("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            log_level: value("LOG_LEVEL"),
        })
    }
}

fn settings(
    sources: &Sources,
    public_url: &str,
    listen: SocketAddr,
    dialects: Vec<DialectState>,
) -> Result<Settings, BoxError> {
    let value = |name| sources.value(SETTINGS, name);
    let number = |name, range| values::number(name, &value(name), range);
    let boolean = |name| values::boolean(name, &value(name));
    Ok(Settings {
        password_min: usize::try_from(number("PASSWORD_MIN_LENGTH", 8..=64)?)?,
        lasting_admin_passwords: values::one_of(
            "ADMIN_SET_PASSWORDS",
            &value("ADMIN_SET_PASSWORDS"),
            [("temporary", false), ("lasting", true)],
        )?,
        denies_common_passwords: values::one_of(
            "PASSWORD_CHECK",
            &value("PASSWORD_CHECK"),
            [("on", true), ("off", false)],
        )?,
        session_lifetime: DAY * number("SESSION_TIMEOUT_DAYS", 1..=365)?,
        remembered_lifetime: DAY * number("SESSION_REMEMBER_DAYS", 1..=365)?,
        session_idle: HOUR * number("SESSION_IDLE_HOURS", 1..=8_760)?,
        session_limit: number("SESSION_LIMIT", 0..=10_000)?,
        token_max_days: u16::try_from(number("TOKEN_MAX_DAYS", 0..=3_650)?)?,
        owned_data_max_mb: number("OWNED_DATA_MAX_MB", 0..=1_000_000)?,
        allow_registration: boolean("ALLOW_REGISTRATION")?,
        registration_approval: boolean("REGISTRATION_APPROVAL")?,
        allow_account_deletion: boolean("ALLOW_ACCOUNT_DELETION")?,
        delete_retention: DAY * number("DELETE_RETENTION_DAYS", 0..=3_650)?,
        usage_retention_days: u16::try_from(number("USAGE_RETENTION_DAYS", 0..=36_500)?)?,
        conversation_search: values::one_of(
            "CONVERSATION_SEARCH",
            &value("CONVERSATION_SEARCH"),
            [("off", false), ("on", true)],
        )?,
        vault: values::encryption_keys("API_KEY_ENCRYPTION_KEY", &value("API_KEY_ENCRYPTION_KEY"))?,
        providers: values::providers("API_KEY_PROVIDERS", &value("API_KEY_PROVIDERS"))?,
        litellm_master_key: values::master_key("LITELLM_MASTER_KEY", &value("LITELLM_MASTER_KEY"))?,
        is_public_url_guessed: value("PUBLIC_URL").is_empty() && listen.ip().is_unspecified(),
        public_url: public_url.to_owned(),
        described: sources.describe(SETTINGS).into(),
        dialects: dialects.into(),
    })
}

/// Returns the current time. Only this function reads the clock; all other code receives the time from it.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the clock"
)]
pub(crate) fn clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{
        Router,
        http::{HeaderMap, request::Parts},
        response::{IntoResponse, Response},
    };
    use dialects::{Dialect, DialectError, RequestInfo};
    use domain::keys::Provider;
    use service::{Services, access::Identity};

    use super::{catalogue::Setting, compat::address_setting, *};

    fn load(pairs: &[(&'static str, &str)]) -> Result<Config, String> {
        let mut all = vec![("DATABASE_URL", "postgres://rollcall@localhost/rollcall")];
        all.extend_from_slice(pairs);
        Config::from(&Sources::of(&all), &Dialects::builtin())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn defaults_are_valid() {
        let config = load(&[]).unwrap();
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
        assert_eq!(config.settings.session_lifetime, 7 * DAY);
        assert!(!config.settings.is_https());
    }

    #[test]
    fn links_need_a_reachable_address() {
        for (listen, set, public_url, is_guessed) in [
            ("0.0.0.0:3000", "", "http://localhost:3000", true),
            ("[::]:8080", "", "http://localhost:8080", true),
            ("10.0.0.5:3000", "", "http://10.0.0.5:3000", false),
            (
                "0.0.0.0:3000",
                "https://panel.example/",
                "https://panel.example",
                false,
            ),
        ] {
            let config = load(&[("LEPTOS_SITE_ADDR", listen), ("PUBLIC_URL", set)]).unwrap();
            let settings = &config.settings;
            assert_eq!(config.public_url, public_url);
            assert_eq!(
                (&*settings.public_url, settings.is_public_url_guessed),
                (public_url, is_guessed)
            );
        }
    }

    #[test]
    fn every_invalid_value_is_named_with_a_fix() {
        for (name, value, says) in [
            ("DATABASE_URL", "", "DATABASE_URL is not set"),
            (
                "DATABASE_URL",
                "mysql://x",
                "DATABASE_URL must begin with postgres://",
            ),
            (
                "DATABASE_URL",
                "postgres://rollcall:mysql://x@host/rollcall",
                "DATABASE_URL is not valid",
            ),
            (
                "DATABASE_MAX_CONNECTIONS",
                "0",
                "must be a whole number from 2 to 1000",
            ),
            (
                "LEPTOS_SITE_ADDR",
                "localhost",
                "LEPTOS_SITE_ADDR must be an IP address and port",
            ),
            (
                "METRICS_ADDR",
                "9100",
                "METRICS_ADDR must be an IP address and port",
            ),
            (
                "PUBLIC_URL",
                "users.example.org",
                "PUBLIC_URL must begin with http:// or https://",
            ),
            (
                "PUBLIC_URL",
                "https://users.example.org/panel",
                "PUBLIC_URL must have no path",
            ),
            ("TRUSTED_PROXIES", "10.0.0.0/8, proxy", "TRUSTED_PROXIES"),
            (
                "API_RATE_LIMIT",
                "-1",
                "API_RATE_LIMIT must be a whole number from 0 to 1000000",
            ),
            (
                "DIALECTS",
                "esperanto",
                "DIALECTS must be names of dialects, separated by commas, not \"esperanto\". Dialects of this version: ",
            ),
            (
                "LITELLM_MASTER_KEY",
                "sk-",
                "LITELLM_MASTER_KEY must have at least 16 characters",
            ),
            (
                "LITELLM_ADDR",
                "4000",
                "LITELLM_ADDR must be an IP address and port",
            ),
            (
                "SESSION_TIMEOUT_DAYS",
                "a week",
                "SESSION_TIMEOUT_DAYS must be a whole number",
            ),
            (
                "PASSWORD_MIN_LENGTH",
                "4",
                "PASSWORD_MIN_LENGTH must be a whole number from 8 to 64",
            ),
            (
                "PASSWORD_CHECK",
                "false",
                "PASSWORD_CHECK must be on or off",
            ),
            (
                "ALLOW_REGISTRATION",
                "maybe",
                "ALLOW_REGISTRATION must be true or false",
            ),
            (
                "ALLOW_ACCOUNT_DELETION",
                "sometimes",
                "ALLOW_ACCOUNT_DELETION must be true or false",
            ),
            (
                "API_KEY_ENCRYPTION_KEY",
                "mysql://x",
                "API_KEY_ENCRYPTION_KEY must be 32 random bytes",
            ),
            (
                "API_KEY_ENCRYPTION_KEY",
                "AAECAwQFBgcICQoLDA0ODw==",
                "API_KEY_ENCRYPTION_KEY must be 32 random bytes",
            ),
            (
                "API_KEY_PROVIDERS",
                "MISTRAL, two words",
                "API_KEY_PROVIDERS must be names of letters",
            ),
            (
                "CONVERSATION_SEARCH",
                "true",
                "CONVERSATION_SEARCH must be off or on",
            ),
            ("LOG_FORMAT", "xml", "LOG_FORMAT must be text or json"),
        ] {
            let failure = load(&[(name, value)]).unwrap_err();
            assert!(failure.contains(says), "{name}={value}: {failure}");
            assert!(
                !failure.contains("mysql://x"),
                "a secret is not repeated: {failure}"
            );
        }
    }

    #[test]
    fn every_dialect_has_a_setting_for_its_address() {
        for dialect in Dialects::builtin().iter() {
            let name = address_setting(&**dialect);
            let is_listed = SETTINGS.iter().any(|setting| setting.name == name);
            assert!(is_listed, "{name}");
        }
    }

    struct Esperanto;

    #[async_trait::async_trait]
    impl Dialect for Esperanto {
        fn name(&self) -> &'static str {
            "esperanto"
        }

        fn routes(&self) -> Router<Services> {
            Router::new()
        }

        fn credential<'h>(&self, _: &'h HeaderMap) -> Option<&'h [u8]> {
            None
        }

        async fn authenticate(
            &self,
            _: &Services,
            _: &Parts,
        ) -> Option<Result<Identity, service::Error>> {
            None
        }

        fn render(&self, error: &DialectError, _: &RequestInfo) -> Response {
            error.status().into_response()
        }
    }

    #[test]
    fn dialects_are_served_where_settings_name_them() {
        let known = Dialects::new(vec![Arc::new(Esperanto)]);
        let load = |pairs: &[(&'static str, &str)]| {
            let mut all = vec![("DATABASE_URL", "postgres://rollcall@localhost/rollcall")];
            all.extend_from_slice(pairs);
            Config::from(&Sources::of(&all), &known).map_err(|failure| failure.to_string())
        };
        let below = load(&[("DIALECTS", "esperanto, esperanto")]).unwrap();
        assert_eq!(below.dialects.iter().count(), 1);
        assert!(below.dialect_addresses.is_empty());
        let shown = |config: &Config| {
            let [state] = &config.settings.dialects[..] else {
                panic!("{:?}", config.settings.dialects);
            };
            let places = state.addresses.iter();
            let places = places.map(|place| format!("{} by {}", place.url, place.setting));
            assert_eq!(
                (&*state.name, &*state.setting),
                ("esperanto", "ESPERANTO_ADDR")
            );
            places.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(shown(&load(&[]).unwrap()), "");
        let url = "http://127.0.0.1:3000/compat/esperanto by DIALECTS";
        assert_eq!(shown(&below), url);
        let own = load(&[("ESPERANTO_ADDR", "127.0.0.1:4000")]).unwrap();
        assert_eq!(own.dialects.iter().count(), 0);
        assert_eq!(own.dialect_addresses[0].setting, "ESPERANTO_ADDR");
        assert_eq!(own.dialect_addresses[0].listen.port(), 4_000);
        assert_eq!(shown(&own), "http://127.0.0.1:4000 by ESPERANTO_ADDR");
        for (name, value, says) in [
            ("DIALECTS", "latin", "Dialects of this version: esperanto."),
            (
                "ESPERANTO_ADDR",
                "4000",
                "ESPERANTO_ADDR must be an IP address and port",
            ),
        ] {
            let failure = load(&[(name, value)]).unwrap_err();
            assert!(failure.contains(says), "{failure}");
        }
    }

    #[test]
    fn without_settings_no_dialect_is_served() {
        let config = load(&[]).unwrap();
        assert_eq!(config.dialects.iter().count(), 0);
        assert!(config.dialect_addresses.is_empty());
    }

    #[test]
    fn providers_are_added_to_the_builtin_ones() {
        let names = |text: &str| {
            let providers = load(&[("API_KEY_PROVIDERS", text)])
                .unwrap()
                .settings
                .providers;
            let names: Vec<&str> = providers.iter().map(Provider::as_str).collect();
            names.join(" ")
        };
        assert_eq!(names(""), "ANTHROPIC OPENAI GOOGLE");
        assert_eq!(
            names("mistral, Open_Router,,MISTRAL,openai"),
            "ANTHROPIC OPENAI GOOGLE MISTRAL OPEN_ROUTER"
        );
    }

    #[test]
    fn without_an_encryption_key_keys_are_disabled() {
        assert!(!load(&[]).unwrap().settings.vault.is_on());
        let keys = format!(
            "{}, {}",
            "0f".repeat(32),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        );
        let config = load(&[("API_KEY_ENCRYPTION_KEY", &keys)]).unwrap();
        assert!(config.settings.vault.is_on());
        let text = format!("{:?}", config.settings.described);
        assert!(!text.contains("0f0f") && !text.contains("AAEC"), "{text}");
    }

    #[test]
    fn printed_settings_mask_secrets_and_name_the_source() {
        let given = [(
            "DATABASE_URL",
            "postgres://rollcall:hunter2@localhost/rollcall?sslkey=hunter3",
        )];
        let described = load(&given).unwrap().settings.described;
        let shown = |name: &str| {
            let found = described.iter().find(|described| described.name == name);
            let found = found.unwrap();
            (found.value.clone(), found.source.clone())
        };
        for (name, value, source) in [
            (
                "DATABASE_URL",
                Some("postgres://rollcall:********@localhost/rollcall"),
                "environment",
            ),
            ("SESSION_TIMEOUT_DAYS", Some("7"), "default"),
            ("METRICS_ADDR", None, "default"),
            ("API_KEY_ENCRYPTION_KEY", None, "default"),
        ] {
            assert_eq!(
                shown(name),
                (value.map(str::to_owned), source.to_owned()),
                "{name}"
            );
        }
        assert!(!format!("{described:?}").contains("hunter"));
    }

    #[test]
    fn every_setting_is_printed_with_its_meaning() {
        let described = load(&[]).unwrap().settings.described;
        assert_eq!(described.len(), SETTINGS.len());
        let readme = include_str!("../../README.md");
        for described in described.iter() {
            let (name, meaning) = (&described.name, &described.meaning);
            assert!(meaning.ends_with('.'), "{name}: {meaning}");
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn every_weaker_value_is_explained() {
        for Setting { name, weak, .. } in SETTINGS {
            let is_explained = app::labels::settings::weakness(name).is_some();
            assert_eq!(is_explained, weak.is_some(), "{name}");
        }
    }

    #[test]
    fn example_file_explains_every_setting() {
        let example = include_str!("../../.env.example");
        for Setting { name, default, .. } in SETTINGS {
            let line = example.lines().find_map(|line| {
                line.trim_start_matches("# ")
                    .strip_prefix(&format!("{name}="))
            });
            let shown = line.unwrap_or_else(|| panic!("{name} is not in .env.example"));
            if let Some(default) = default {
                assert_eq!(shown, *default, "{name}");
            }
        }
    }
}
