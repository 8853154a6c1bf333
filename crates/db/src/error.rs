//! Errors of the database, distinguished by what the caller can do about them.

use std::str::FromStr;

use domain::users::Unknown;

/// SQLSTATE of a statement that was cancelled because it exceeded a timeout.
const TOO_LATE: &str = "57014";

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is starting or stopping, or is busy: a retry can succeed.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A constraint of the schema is violated.
    #[error("the database rejected a value: {constraint}")]
    Constraint {
        /// Name of the constraint.
        constraint: String,
    },
    /// Any other error, which is a defect of Rollcall or of the installation.
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database_error) = &error {
            if let Some(constraint) = database_error.constraint() {
                return Self::Constraint {
                    constraint: constraint.to_owned(),
                };
            }
            return if database_error.code().is_some_and(|code| is_passing(&code)) {
                Self::Unavailable(error)
            } else {
                Self::Other(error)
            };
        }
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error),
            other => Self::Other(other),
        }
    }
}

/// Parses a word of an enum that the database has stored. An unknown word is an error, and never a default: constraints of the schema
/// allow none, so that another version has written it.
pub(crate) fn read_word<T>(word: &str) -> Result<T, sqlx::Error>
where
    T: FromStr<Err = Unknown>,
{
    word.parse()
        .map_err(|unknown: Unknown| sqlx::Error::Decode(unknown.into()))
}

/// Returns whether an SQLSTATE means a condition that ends without a change of the request: connection exceptions (class 08), insufficient
/// connections, memory, locks or disk (class 53), a disk that cannot be read or written (58030), operator intervention such as a shutdown
/// (57P01 to 57P03), conflicts with concurrent transactions: a serialization failure (40001), a deadlock (40P01), an unavailable lock
/// (55P03) or a timeout (57014), and a database that lets the server not connect: it accepts no connections (55000), is missing (3D000),
/// or denies the role or its password (class 28).
fn is_passing(code: &str) -> bool {
    ["08", "28", "53", "57P0"]
        .iter()
        .any(|class| code.starts_with(class))
        || [
            "3D000", "55000", "58030", "40001", "40P01", "55P03", TOO_LATE,
        ]
        .contains(&code)
}

impl Error {
    /// Returns whether the statement exceeded a timeout.
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        let Self::Unavailable(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.code().is_some_and(|code| code == TOO_LATE)
    }

    /// Returns whether a retry can succeed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
