//! What can go wrong between us and PostgreSQL, told apart by what the caller can do about it.

/// The SQLSTATE of a statement that was given up because it took too long.
const TOO_LATE: &str = "57014";

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, or is starting or stopping: worth another try.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A rule of the schema was broken.
    #[error("the database refused a value: {constraint}")]
    Constraint {
        /// Name of the constraint.
        constraint: String,
    },
    /// Anything else: a fault of ours.
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(refusal) = &error {
            if let Some(constraint) = refusal.constraint() {
                return Self::Constraint {
                    constraint: constraint.to_owned(),
                };
            }
            return if refusal.code().is_some_and(|code| is_passing(&code)) {
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

/// Whether an SQLSTATE tells of a passing condition: connection exceptions (class 08), too little of connections, memory, locks
/// or disk (class 53), a disk that cannot be read or written (58030), operator intervention such as a shutdown (57P01 to
/// 57P03), and losing against others at the same time: a serialization failure (40001), a deadlock (40P01), a lock (55P03)
/// or an answer (57014) that did not come in time.
fn is_passing(code: &str) -> bool {
    ["08", "53", "57P0"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["58030", "40001", "40P01", "55P03", TOO_LATE].contains(&code)
}

impl Error {
    /// Whether an answer did not come in time.
    #[must_use]
    pub fn is_too_late(&self) -> bool {
        let Self::Unavailable(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.code().is_some_and(|code| code == TOO_LATE)
    }

    /// Whether another try may succeed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
