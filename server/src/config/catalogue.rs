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
        "Where the data is. The password in it is not shown.",
    ),
    setting(
        "DATABASE_MAX_CONNECTIONS",
        "10",
        "Most connections of this server to the database at once, beside two of its own.",
    ),
    setting(
        "LEPTOS_SITE_ADDR",
        "127.0.0.1:3000",
        "The address and port where the server listens.",
    ),
    setting(
        "LEPTOS_SITE_ROOT",
        "site",
        "The folder with the built files of the panel.",
    ),
    setting(
        "METRICS_ADDR",
        "",
        "Where the server listens for Prometheus. Not set: nowhere.",
    ),
    setting(
        "PUBLIC_URL",
        "",
        "How people reach the panel; links begin with it. Not set: http:// and the address where the server listens, or the one that a request was sent to if that is 0.0.0.0 or [::].",
    ),
    setting(
        "TRUSTED_PROXIES",
        "",
        "Whose X-Forwarded-For is believed. Not set: nobody's.",
    ),
    setting(
        "API_RATE_LIMIT",
        "1000",
        "How many requests of the API are answered a minute, for each account and for each address of others; 0: all.",
    ),
    setting(
        "SESSION_TIMEOUT_DAYS",
        "7",
        "How many days a session lasts at most.",
    ),
    setting(
        "SESSION_REMEMBER_DAYS",
        "30",
        "How many days it lasts at most with \"Remember me\".",
    ),
    setting(
        "SESSION_IDLE_HOURS",
        "72",
        "After how many hours without being used an ordinary session ends.",
    ),
    setting(
        "SESSION_LIMIT",
        "100",
        "How many sessions a person has at most; another sign-in ends the oldest. 0: as many as they like.",
    ),
    setting(
        "TOKEN_MAX_DAYS",
        "365",
        "How many days an access token works at most. 0: also without an end.",
    ),
    setting(
        "OWNED_DATA_MAX_MB",
        "500",
        "Most megabytes of personas, ontologies and annotations of one user. 0: no limit.",
    ),
    setting(
        "PASSWORD_MIN_LENGTH",
        "8",
        "Fewest characters of a password that people choose.",
    ),
    Setting {
        weakness: Some((
            "lasting",
            "Administrators know passwords with which others sign in, and can act as them unseen.",
        )),
        ..setting(
            "ADMIN_SET_PASSWORDS",
            "temporary",
            "Whether a password that an administrator sets is temporary, so that its user chooses another at the first sign-in, or lasting.",
        )
    },
    setting(
        "ALLOW_REGISTRATION",
        "false",
        "Whether people may make their own accounts.",
    ),
    setting(
        "ALLOW_ACCOUNT_DELETION",
        "false",
        "Whether people may delete their own accounts.",
    ),
    setting(
        "REGISTRATION_APPROVAL",
        "true",
        "Whether whoever has registered waits until somebody lets them in.",
    ),
    setting(
        "DELETE_RETENTION_DAYS",
        "30",
        "How many days a deleted account can be restored. 0: not at all.",
    ),
    secret(
        "API_KEY_ENCRYPTION_KEY",
        "Encrypts the keys of providers. Not set: none are kept.",
    ),
    setting(
        "API_KEY_PROVIDERS",
        "",
        "Providers beside ANTHROPIC, OPENAI and GOOGLE.",
    ),
    setting(
        "LOG_FORMAT",
        "text",
        "What the logs look like: text for people, json for programs.",
    ),
    setting(
        "LOG_LEVEL",
        "info,sqlx=warn",
        "Which log lines are written.",
    ),
];
