//! Database URLs: parsed once, and never printed with the password.

use std::{fmt, str::FromStr};

use sqlx::postgres::PgConnectOptions;

/// Name of the connections in PostgreSQL's log and in `pg_stat_activity`.
const APPLICATION: &str = "rollcall";
/// Schemes of a PostgreSQL URL.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Address and credentials of a database.
#[derive(Clone)]
pub struct DatabaseUrl(PgConnectOptions);

/// Error of a text that is not a database URL. It never repeats the text, which can contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The scheme is not PostgreSQL's.
    #[error("must begin with postgres:// or postgresql://.")]
    Scheme,
    /// A part cannot be separated from the next one, or is invalid.
    #[error(
        "is not valid: {0}. Use postgres://user:password@host:5432/database; in user, password and database, write % as %25, / as \
         %2F, ? as %3F, # as %23 and @ as %40."
    )]
    Malformed(String),
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let rest = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
        let rest = rest.ok_or(UrlError::Scheme)?;
        if let Some(found) = unencoded(rest) {
            return Err(UrlError::Malformed(found.to_owned()));
        }
        let options = PgConnectOptions::from_str(&with_host(rest)).map_err(|error| {
            UrlError::Malformed(match error {
                sqlx::Error::Configuration(cause) => cause.to_string(),
                other => other.to_string(),
            })
        })?;
        Ok(Self(without_brackets(options)))
    }
}

impl DatabaseUrl {
    /// Returns the connection options, limited to startup parameters that every PostgreSQL server and every pooler accepts.
    pub(crate) fn options(&self) -> PgConnectOptions {
        self.0
            .clone()
            .application_name(APPLICATION)
            // PgBouncer does not know this parameter, the number of digits in the text form of numbers.
            .extra_float_digits(None)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl")
            .field("host", &self.0.get_host())
            .field("port", &self.0.get_port())
            .field("database", &self.0.get_database())
            .finish_non_exhaustive()
    }
}

/// Returns the sign of an unencoded character that ends the user, the password or the database name too early.
fn unencoded(rest: &str) -> Option<&'static str> {
    if rest.contains('#') {
        return Some("there is a #");
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let database = place.split_once('/').map_or("", |(_, database)| database);
    if database.contains(['/', '@']) {
        return Some("there is a / or an @ after the host");
    }
    let has_at_in_name = |parameter: &str| {
        parameter
            .split('=')
            .next()
            .is_some_and(|name| name.contains('@'))
    };
    query
        .split('&')
        .any(has_at_in_name)
        .then_some("there is an @ after the first ?")
}

/// Returns the URL with a host after the user, where libpq needs none because a parameter contains it.
fn with_host(rest: &str) -> String {
    let (user, place) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = if user.ends_with('@') { "localhost" } else { "" };
    format!("postgres://{user}{host}{place}")
}

/// Removes the brackets of an IPv6 address, which belong to the URL and not to the address.
fn without_brackets(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host();
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match inner.map(str::to_owned) {
        Some(address) => options.host(&address),
        None => options,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> PgConnectOptions {
        let url: DatabaseUrl = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        url.options()
    }

    #[test]
    fn ipv6_address_loses_its_brackets() {
        for (text, host, port) in [
            ("postgres://u:p@[::1]:6543/db", "::1", 6543),
            ("postgres://u:p@[::1]/db?port=6543", "::1", 6543),
            ("postgres://u@127.0.0.1:6543/db", "127.0.0.1", 6543),
            (
                "postgres://u@db.example.org:6543/db",
                "db.example.org",
                6543,
            ),
            ("postgres:///db?host=::1&port=6543", "::1", 6543),
            ("postgres:///db?host=[::1]&port=6543", "::1", 6543),
        ] {
            let options = parse(text);
            assert_eq!(
                (options.get_host(), options.get_port()),
                (host, port),
                "{text}"
            );
        }
    }

    #[test]
    fn socket_is_named_by_its_folder() {
        for text in [
            "postgres:///db?host=/var/run/postgresql",
            "postgresql://u@/db?host=/var/run/postgresql",
            "postgres://%2Fvar%2Frun%2Fpostgresql/db",
        ] {
            let options = parse(text);
            let socket = options.get_socket().map(|path| path.display().to_string());
            assert_eq!(socket.as_deref(), Some("/var/run/postgresql"), "{text}");
            assert_eq!(options.get_database(), Some("db"), "{text}");
        }
    }

    #[test]
    fn password_is_decoded() {
        for (written, meant) in [
            ("pa$$word", "pa$$word"),
            ("p%40s%2Fs%3F%23%25", "p@s/s?#%"),
            ("p@ss", "p@ss"),
            ("p:ss", "p:ss"),
            ("a+b&c=d", "a+b&c=d"),
            ("a%20b", "a b"),
            ("100%", "100%"),
            ("[x]", "[x]"),
            ("z%C3%A9", "zé"),
        ] {
            let url = parse(&format!("postgres://ada:{written}@host/db"));
            // The debug output is the only way to read the options' password.
            let held = format!("{url:?}");
            assert!(
                held.contains(&format!("password: Some({meant:?})")),
                "{written}"
            );
            assert_eq!(
                (url.get_username(), url.get_host()),
                ("ada", "host"),
                "{written}"
            );
        }
    }

    #[test]
    fn error_does_not_contain_the_password() {
        for text in [
            "postgres://u:hunter2/x@host/db",
            "postgres://u:hunter2?x@host/db",
            "postgres://u:hunter2#x@host/db",
            "postgres://u:1234/hunter2@host/db",
            "postgres://u:1234?hunter2@host/db",
            "postgres://u:hunter2@host:port/db",
            "postgres://u:hunter2@host:123456/db",
            "postgres://u:hunter2@[::1/db",
            "postgres://u:hunter2%ff@host/db",
            "postgres://u:hunter2@host/db/more",
            "postgres://u:hunter2@host/db?port=five",
            "postgres://u:hunter2@host/db?sslmode=maybe",
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(matches!(error, UrlError::Malformed(_)), "{text}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{text}: {error}");
        }
        for text in ["mysql://u:hunter2@host/db", "host=/run/x", ""] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap_err(), UrlError::Scheme);
        }
    }

    #[test]
    fn display_masks_the_password() {
        let url: DatabaseUrl = "postgres://u:hunter2@host/db".parse().unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
