//! The catalogue of all settings. The loading of the configuration, `--print-config` and the screen "Settings" are derived from
//! it. `app::labels::settings` explains each.

/// A setting: its name, its default, whether it is secret, and the value that is weaker than the default.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) default: Option<&'static str>,
    pub(super) secret: bool,
    pub(super) weak: Option<&'static str>,
}

const fn setting(name: &'static str, default: &'static str) -> Setting {
    Setting {
        name,
        default: Some(default),
        secret: false,
        weak: None,
    }
}

const fn secret(name: &'static str) -> Setting {
    Setting {
        name,
        default: None,
        secret: true,
        weak: None,
    }
}

/// All settings. `.env.example` explains each; tests compare it and the README with this list.
pub(super) const SETTINGS: &[Setting] = &[
    secret("DATABASE_URL"),
    setting("DATABASE_MAX_CONNECTIONS", "10"),
    setting("LEPTOS_SITE_ADDR", "127.0.0.1:3000"),
    setting("LEPTOS_SITE_ROOT", "site"),
    setting("METRICS_ADDR", ""),
    setting("PUBLIC_URL", ""),
    setting("TRUSTED_PROXIES", ""),
    setting("API_RATE_LIMIT", "1000"),
    setting("DIALECTS", ""),
    setting("TRACKER_ADDR", ""),
    setting("MAESER_ADDR", ""),
    setting("OPENWEBUI_ADDR", ""),
    setting("LITELLM_ADDR", ""),
    secret("LITELLM_MASTER_KEY"),
    setting("SESSION_TIMEOUT_DAYS", "7"),
    setting("SESSION_REMEMBER_DAYS", "30"),
    setting("SESSION_IDLE_HOURS", "72"),
    setting("SESSION_LIMIT", "100"),
    setting("TOKEN_MAX_DAYS", "365"),
    setting("OWNED_DATA_MAX_MB", "500"),
    setting("PASSWORD_MIN_LENGTH", "8"),
    Setting {
        weak: Some("lasting"),
        ..setting("ADMIN_SET_PASSWORDS", "temporary")
    },
    Setting {
        weak: Some("off"),
        ..setting("PASSWORD_CHECK", "on")
    },
    setting("ALLOW_REGISTRATION", "false"),
    setting("ALLOW_ACCOUNT_DELETION", "false"),
    setting("REGISTRATION_APPROVAL", "true"),
    setting("DELETE_RETENTION_DAYS", "30"),
    setting("USAGE_RETENTION_DAYS", "400"),
    setting("CONVERSATION_SEARCH", "off"),
    secret("API_KEY_ENCRYPTION_KEY"),
    setting("API_KEY_PROVIDERS", ""),
    setting("LOG_FORMAT", "text"),
    setting("LOG_LEVEL", "info,sqlx=warn"),
];
