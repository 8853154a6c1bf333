//! The catalogue of all settings. The loading of the configuration, `--print-config` and the screen "Settings" are derived from
//! it.

/// A setting: its name, its default, whether it is secret, its meaning, and the value that is weaker than the default with a
/// sentence about why.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) default: Option<&'static str>,
    pub(super) secret: bool,
    pub(super) meaning: &'static str,
    pub(super) weakness: Option<(&'static str, &'static str)>,
}

const fn setting(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting {
        name,
        default: Some(default),
        secret: false,
        meaning,
        weakness: None,
    }
}

const fn secret(name: &'static str, meaning: &'static str) -> Setting {
    Setting {
        name,
        default: None,
        secret: true,
        meaning,
        weakness: None,
    }
}

/// All settings. `.env.example` explains each; tests compare it and the README with this list.
pub(super) const SETTINGS: &[Setting] = &[
    secret(
        "DATABASE_URL",
        "Database connection string. The password is hidden.",
    ),
    setting(
        "DATABASE_MAX_CONNECTIONS",
        "10",
        "Maximum database connections for this server, plus two reserved.",
    ),
    setting(
        "LEPTOS_SITE_ADDR",
        "127.0.0.1:3000",
        "IP address and port to listen on.",
    ),
    setting(
        "LEPTOS_SITE_ROOT",
        "site",
        "Directory of the built browser files.",
    ),
    setting(
        "METRICS_ADDR",
        "",
        "IP address and port of the Prometheus endpoint. Not set: no endpoint.",
    ),
    setting(
        "PUBLIC_URL",
        "",
        "URL of the panel, used in links. Not set: http:// and LEPTOS_SITE_ADDR, or the host of the request if that is 0.0.0.0 or [::].",
    ),
    setting(
        "TRUSTED_PROXIES",
        "",
        "Proxies whose X-Forwarded-For header is trusted. Not set: none.",
    ),
    setting(
        "API_RATE_LIMIT",
        "1000",
        "API requests per minute, per account or per IP address if not signed in. 0 = unlimited.",
    ),
    setting(
        "SESSION_TIMEOUT_DAYS",
        "7",
        "Maximum session lifetime in days.",
    ),
    setting(
        "SESSION_REMEMBER_DAYS",
        "30",
        "Maximum session lifetime in days with \"Remember me\".",
    ),
    setting(
        "SESSION_IDLE_HOURS",
        "72",
        "Hours without activity after which a session without \"Remember me\" expires.",
    ),
    setting(
        "SESSION_LIMIT",
        "100",
        "Maximum sessions per user. The oldest is revoked when exceeded. 0 = unlimited.",
    ),
    setting(
        "TOKEN_MAX_DAYS",
        "365",
        "Maximum lifetime of an access token in days. 0 = unlimited.",
    ),
    setting(
        "OWNED_DATA_MAX_MB",
        "500",
        "Maximum megabytes of personas, ontologies and annotations per user. 0 = unlimited.",
    ),
    setting("PASSWORD_MIN_LENGTH", "8", "Minimum password length."),
    Setting {
        weakness: Some((
            "lasting",
            "Administrators know passwords of other users and can sign in as them unnoticed.",
        )),
        ..setting(
            "ADMIN_SET_PASSWORDS",
            "temporary",
            "Whether passwords set by administrators are temporary (must be changed at the next sign-in) or lasting.",
        )
    },
    setting("ALLOW_REGISTRATION", "false", "Allow self-registration."),
    setting(
        "ALLOW_ACCOUNT_DELETION",
        "false",
        "Allow users to delete their own accounts.",
    ),
    setting(
        "REGISTRATION_APPROVAL",
        "true",
        "Require approval of new registrations.",
    ),
    setting(
        "DELETE_RETENTION_DAYS",
        "30",
        "Days in which a deleted user can be restored. 0 = deleted permanently at once.",
    ),
    secret(
        "API_KEY_ENCRYPTION_KEY",
        "Key that encrypts stored API keys. Not set: API keys cannot be stored.",
    ),
    setting(
        "API_KEY_PROVIDERS",
        "",
        "Providers in addition to ANTHROPIC, OPENAI and GOOGLE.",
    ),
    setting("LOG_FORMAT", "text", "Log format: text or json."),
    setting(
        "LOG_LEVEL",
        "info,sqlx=warn",
        "Log filter, such as info,sqlx=warn.",
    ),
];
