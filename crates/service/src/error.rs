//! Errors of the service layer, and their translation into responses.

mod limit;
mod message;

use std::{fmt, time::Duration};

use domain::{
    access_tokens::Scope,
    attached::Attached,
    error::{Conflict, Entity, Forbidden, TooManyAtOnce, Unauthenticated},
    fields::FieldErrors,
    limits::{LimitReached, ModelDenied},
    list::ListError,
    message::Message,
    policy::Denied,
    problem::{Code, Problem},
    sessions::revoke::RevokeOutcome,
    stored::StoredObject,
    users::{
        bulk::BulkOutcome,
        deletion::OwnedCounts,
        detail::{IssuedLink, UserDetail},
        suspension::Suspension,
    },
};
use time::OffsetDateTime;

/// Error of an operation, without a text: [`Error::message`] returns the one for users. The cause, where there is one, is for the log.
#[derive(Debug)]
pub enum Error {
    /// Missing or invalid credentials.
    Unauthenticated(Unauthenticated),
    /// Missing permission.
    Forbidden(Forbidden),
    /// Access token where a session is required.
    TokenNotAllowed,
    /// Missing scope of the access token, or missing permission of its owner.
    OutOfScope(Scope),
    /// Denial by the policy on changes of other users' accounts.
    Denied(Denied),
    /// Suspended account. Reported only after the correct password.
    Suspended(Box<Suspension>),
    /// Temporary password, which must be replaced before a sign-in. Holds the link to the page for that.
    PasswordChangeRequired(IssuedLink),
    /// Missing current password. A session alone is not enough for the operation, since it can be stolen.
    CurrentPasswordRequired,
    /// Wrong current password.
    CurrentPasswordWrong,
    /// Unknown object.
    NotFound(Entity),
    /// Conflict of the request with the state of its object.
    Conflict(Conflict),
    /// Exhausted quota of owned data. Holds the quota in MB.
    OwnedDataFull(u32),
    /// Running request with the same idempotency key.
    InProgress,
    /// Finished request with the same idempotency key, whose response is not available.
    AlreadyCompleted(CompletedRequest),
    /// Outdated version: the account was changed since the caller read it. Holds its current state.
    Stale(Box<UserDetail>),
    /// Outdated version of another object. Holds its current state.
    Outdated(Box<StoredObject>),
    /// New limit of a subject, metric and model that already have one. Holds the stored one.
    LimitExists(Box<StoredObject>),
    /// Data to delete or to transfer that differs from the preview. Holds the current counts.
    CountsChanged(OwnedCounts),
    /// Accounts of a bulk action that differ from the preview. Holds the current outcome.
    SelectionChanged(Box<BulkOutcome>),
    /// Another name on the page than that of the target. Holds the name that was shown.
    TargetMismatch(String),
    /// Sessions to revoke that differ from the preview. Holds the current outcome.
    RevocationChanged(RevokeOutcome),
    /// Username or email address that another account has. The text is the message of the first such field.
    Taken(FieldErrors),
    /// Validation errors of fields.
    Invalid(FieldErrors),
    /// Invalid parameters of a list.
    List(ListError),
    /// Too many attempts. Holds the time until the next one is accepted.
    TooMany(Duration),
    /// Too many exports or live lists are running.
    TooManyAtOnce(TooManyAtOnce),
    /// Denial of a use by a limit.
    LimitReached(Box<LimitReached>),
    /// Denial of a use of a model that the user or the token cannot use.
    ModelDenied(ModelDenied),
    /// Disabled provider API keys: the server has no encryption key.
    KeysOff,
    /// Temporary failure, after which a retry can succeed.
    Unavailable(Cause),
    /// Unexpected failure of the server.
    Internal(Cause),
}

/// Earlier request with the same idempotency key whose response is not available.
#[derive(Debug, Clone, Copy)]
pub struct CompletedRequest {
    /// Time at which it was done.
    pub at: OffsetDateTime,
    /// True if the response had a secret, which is shown only once.
    pub is_shown_once: bool,
}

/// Underlying error, written only to the log.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        if error.is_passing() {
            Self::Unavailable(error.into())
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<db::schema::SchemaError> for Error {
    fn from(error: db::schema::SchemaError) -> Self {
        match error {
            db::schema::SchemaError::Database(error) => error.into(),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Self {
        Self::List(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(cause) | Self::Internal(cause) => Some(&**cause),
            _ => None,
        }
    }
}

impl From<Error> for Message {
    fn from(error: Error) -> Self {
        error.message()
    }
}

/// Seconds until a retry after [`Error::TooManyAtOnce`].
const AT_ONCE_RETRY: u64 = 5;

/// Returns whole seconds, rounded up, so that a retry after them is accepted.
fn seconds(delay: Duration) -> u64 {
    delay.as_secs() + 1
}

impl Error {
    /// Returns the error code, which determines the HTTP status.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthenticated(_) => Code::Unauthorized,
            Self::Forbidden(_) | Self::OutOfScope(_) | Self::Denied(_) | Self::Suspended(_) => {
                Code::Forbidden
            }
            Self::TokenNotAllowed => Code::TokenNotAllowed,
            Self::ModelDenied(_) => Code::ModelNotAllowed,
            Self::PasswordChangeRequired(_) => Code::PasswordChangeRequired,
            Self::CurrentPasswordRequired => Code::CurrentPasswordRequired,
            Self::CurrentPasswordWrong => Code::CurrentPasswordWrong,
            Self::NotFound(_) => Code::NotFound,
            Self::Conflict(_)
            | Self::OwnedDataFull(_)
            | Self::InProgress
            | Self::AlreadyCompleted(_)
            | Self::Taken(_)
            | Self::Stale(_)
            | Self::Outdated(_)
            | Self::LimitExists(_)
            | Self::CountsChanged(_)
            | Self::SelectionChanged(_)
            | Self::TargetMismatch(_)
            | Self::RevocationChanged(_) => Code::Conflict,
            Self::Invalid(_) | Self::List(_) => Code::ValidationError,
            Self::TooMany(_) | Self::TooManyAtOnce(_) | Self::LimitReached(_) => {
                Code::TooManyRequests
            }
            Self::KeysOff => Code::Disabled,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Internal(_) => Code::InternalError,
        }
    }

    /// Returns the number of seconds after which a retry can succeed; None if it is not known.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Unavailable(_) | Self::InProgress => Some(1),
            Self::TooManyAtOnce(_) => Some(AT_ONCE_RETRY),
            Self::TooMany(delay) => Some(seconds(*delay)),
            Self::LimitReached(reached) => reached.retry_after,
            _ => None,
        }
    }

    /// Returns whether the error is about a field of a form.
    #[must_use]
    pub fn is_about(&self, field: &str) -> bool {
        match self {
            Self::Invalid(fields) | Self::Taken(fields) => fields.get(field).is_some(),
            _ => false,
        }
    }

    /// Replaces the messages in the data that will be attached to the response by their translations: the data has only their texts
    /// then.
    pub fn translate_attached(&mut self, translated: impl Fn(&Message) -> Message) {
        if let Self::SelectionChanged(outcome) = self {
            outcome.translate(translated);
        }
    }

    /// Converts the error into the response for the client. Logs the cause here, so that it is logged exactly once.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        let mut problem = Problem::new(self.code(), self.message());
        problem.details.retry_after = self.retry_after();
        match self {
            Self::NotFound(entity) => problem.details.entity = Some(entity),
            Self::Forbidden(Forbidden::PermissionRequired(permission)) => {
                problem.details.permission = Some(permission.as_str().to_owned());
            }
            Self::Unavailable(cause) => tracing::warn!(%cause, "service unavailable"),
            Self::Internal(cause) => tracing::error!(%cause, "internal error"),
            Self::Invalid(fields) | Self::Taken(fields) => problem.details.fields = fields,
            Self::List(error) => *problem.details = error.details(),
            Self::PasswordChangeRequired(link) => problem.details.url = Some(link.url),
            Self::CurrentPasswordRequired | Self::CurrentPasswordWrong => {
                let message = problem.message.clone();
                problem.details.fields.add("current_password", message);
            }
            Self::Stale(current) => problem.details.current = Attached::new(&*current),
            Self::Outdated(object) => problem.details.object = Attached::new(&*object),
            Self::LimitExists(object) => {
                let message = problem.message.clone();
                problem.details.fields.add("metric", message);
                problem.details.object = Attached::new(&*object);
            }
            Self::LimitReached(reached) => problem.details.limit = Attached::new(&reached.limit),
            Self::CountsChanged(counts) => problem.details.counts = Attached::new(&counts),
            Self::RevocationChanged(outcome) => {
                problem.details.revocation = Attached::new(&outcome);
            }
            Self::SelectionChanged(outcome) => problem.details.outcome = Attached::new(&*outcome),
            Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::TokenNotAllowed
            | Self::ModelDenied(_)
            | Self::OutOfScope(_)
            | Self::Denied(_)
            | Self::Suspended(_)
            | Self::KeysOff
            | Self::InProgress
            | Self::TooManyAtOnce(_)
            | Self::TooMany(_)
            | Self::AlreadyCompleted(_)
            | Self::TargetMismatch(_)
            | Self::OwnedDataFull(_)
            | Self::Conflict(_) => {}
        }
        problem
    }
}
