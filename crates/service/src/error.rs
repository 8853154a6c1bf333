//! Errors of the service layer, and their translation into responses.

use std::time::Duration;

use domain::{
    access_tokens::Scope,
    fields::FieldErrors,
    list::ListError,
    policy::Denied,
    problem::{Code, Problem},
    sessions::revoke::RevokeOutcome,
    users::{
        bulk::BulkOutcome,
        deletion::OwnedCounts,
        detail::{IssuedLink, UserDetail},
        suspension::Suspension,
    },
};
use time::OffsetDateTime;

/// Error of an operation. The text is for users; the cause, where there is one, is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Missing or invalid credentials.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Missing permission.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Access token where a session is required.
    #[error("Access tokens can't be used for this. Sign in to the panel instead.")]
    TokenNotAllowed,
    /// Missing scope of the access token, or missing permission of its owner.
    #[error("This access token lacks the scope {0}, or its owner lacks the permission.")]
    OutOfScope(Scope),
    /// Denial by the policy on changes of other users' accounts.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Suspended account. Reported only after the correct password.
    #[error("{}", suspended(.0))]
    Suspended(Box<Suspension>),
    /// Temporary password, which must be replaced before a sign-in. Holds the link to the page for that.
    #[error("Your administrator set a temporary password. Choose a new one to continue.")]
    PasswordChangeRequired(IssuedLink),
    /// Missing current password. A session alone is not enough for the operation, since it can be stolen.
    #[error("Enter your current password.")]
    CurrentPasswordRequired,
    /// Wrong current password.
    #[error("Wrong current password.")]
    CurrentPasswordWrong,
    /// Unknown object.
    #[error("{0}")]
    NotFound(&'static str),
    /// Conflict of the request with the state of its object.
    #[error("{0}")]
    Conflict(&'static str),
    /// Exhausted quota of owned data. Holds the quota in MB.
    #[error("The limit of {0} MB of data per user is reached. Delete something first.")]
    OwnedDataFull(u32),
    /// Running request with the same idempotency key.
    #[error("This request is already running. Send it again in a moment to get its response.")]
    InProgress,
    /// Finished request with the same idempotency key, whose response is not available.
    #[error("{}", done(.0))]
    AlreadyCompleted(CompletedRequest),
    /// Outdated version: the account was changed since the caller read it. Holds its current state.
    #[error(
        "Someone else changed this user. Nothing was saved; review the differences and save again."
    )]
    Stale(Box<UserDetail>),
    /// Data to delete or to transfer that differs from the preview. Holds the current counts.
    #[error("The owned data changed. Nothing was done; review and try again.")]
    CountsChanged(OwnedCounts),
    /// Accounts of a bulk action that differ from the preview. Holds the current outcome.
    #[error("Some users changed. Nothing was done; review and try again.")]
    SelectionChanged(Box<BulkOutcome>),
    /// Another name on the page than that of the target. Holds the name that was shown.
    #[error(
        "This page is out of date: it showed {}, which is not the target of this change. Nothing was changed; reload the page.",
        shown(.0)
    )]
    TargetMismatch(String),
    /// Sessions to revoke that differ from the preview. Holds the current outcome.
    #[error("The number of sessions changed. Nothing was done; review and try again.")]
    RevocationChanged(RevokeOutcome),
    /// Username or email address that another account has. The text is the message of the first such field.
    #[error("{}", first(.0))]
    Taken(FieldErrors),
    /// Validation errors of fields.
    #[error("Check the marked fields.")]
    Invalid(FieldErrors),
    /// Invalid parameters of a list.
    #[error(transparent)]
    List(#[from] ListError),
    /// Too many attempts. Holds the time until the next one is accepted.
    #[error("Too many attempts. Try again in {}.", in_seconds(*.0))]
    TooMany(Duration),
    /// Too many exports or live lists are running.
    #[error("{0}")]
    TooManyAtOnce(&'static str),
    /// Disabled provider API keys: the server has no encryption key.
    #[error("{}", domain::keys::DISABLED)]
    KeysOff,
    /// Temporary failure, after which a retry can succeed.
    #[error("Rollcall is temporarily unavailable. Try again in a few seconds.")]
    Unavailable(#[source] Cause),
    /// Unexpected failure of the server.
    #[error(
        "Something went wrong. Try again; if it persists, give your administrator this request ID."
    )]
    Internal(#[source] Cause),
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

fn first(errors: &FieldErrors) -> String {
    let first = errors.iter().next();
    first.map_or_else(String::new, |error| error.message.clone())
}

/// Quotes a name that a page showed. It comes from the client, so it is truncated: no real name is longer.
fn shown(name: &str) -> String {
    let name: String = name.chars().take(100).collect();
    match name.as_str() {
        "" => "no name".to_owned(),
        name => format!("“{name}”"),
    }
}

/// Returns the message for a suspended user whose password was correct.
fn suspended(suspension: &Suspension) -> String {
    let mut text = "Your account is suspended".to_owned();
    if let Some(until) = suspension.until {
        let timestamp = until.to_offset(time::UtcOffset::UTC);
        text.push_str(&format!(
            " until {} {:02}:{:02} UTC",
            timestamp.date(),
            timestamp.hour(),
            timestamp.minute()
        ));
    }
    if let Some(reason) = suspension
        .reason
        .as_ref()
        .filter(|_| suspension.show_reason)
    {
        text.push_str(&format!(": {}", reason.trim_end_matches('.')));
    }
    text.push_str(". Contact your administrator.");
    text
}

/// Returns the message for a request that was done before.
fn done(done: &CompletedRequest) -> String {
    let timestamp = done.at.to_offset(time::UtcOffset::UTC);
    let (day, hour, minute) = (timestamp.date(), timestamp.hour(), timestamp.minute());
    let rest = if done.is_shown_once {
        "Its response was shown only once. Revoke what it created, or create a new link."
    } else {
        "Its response is no longer available. Check its result before you use another Idempotency-Key."
    };
    format!(
        "This request was completed on {day} at {hour:02}:{minute:02} UTC and was not repeated. {rest}"
    )
}

/// Seconds until a retry after [`Error::TooManyAtOnce`].
const AT_ONCE_RETRY: u64 = 5;

/// Returns whole seconds, rounded up, so that a retry after them is accepted.
fn seconds(delay: Duration) -> u64 {
    delay.as_secs() + 1
}

/// Returns whole seconds in words, such as "1 second".
fn in_seconds(delay: Duration) -> String {
    match seconds(delay) {
        1 => "1 second".to_owned(),
        more => format!("{more} seconds"),
    }
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
            | Self::CountsChanged(_)
            | Self::SelectionChanged(_)
            | Self::TargetMismatch(_)
            | Self::RevocationChanged(_) => Code::Conflict,
            Self::Invalid(_) | Self::List(_) => Code::ValidationError,
            Self::TooMany(_) | Self::TooManyAtOnce(_) => Code::TooManyRequests,
            Self::KeysOff => Code::Disabled,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Internal(_) => Code::InternalError,
        }
    }

    /// Converts the error into the response for the client. Logs the cause here, so that it is logged exactly once.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        let mut problem = Problem::new(self.code(), self.to_string());
        match self {
            Self::Unavailable(cause) => {
                tracing::warn!(%cause, "service unavailable");
                problem.details.retry_after = Some(1);
            }
            Self::Internal(cause) => tracing::error!(%cause, "internal error"),
            Self::Invalid(fields) | Self::Taken(fields) => problem.details.fields = fields,
            Self::List(error) => *problem.details = error.details(),
            Self::InProgress => problem.details.retry_after = Some(1),
            Self::TooManyAtOnce(_) => problem.details.retry_after = Some(AT_ONCE_RETRY),
            Self::TooMany(delay) => problem.details.retry_after = Some(seconds(delay)),
            Self::PasswordChangeRequired(link) => problem.details.url = Some(link.url),
            Self::CurrentPasswordRequired | Self::CurrentPasswordWrong => {
                let message = problem.message.clone();
                problem.details.fields.add("current_password", message);
            }
            Self::Stale(current) => problem.details.current = Some(current),
            Self::CountsChanged(counts) => problem.details.counts = Some(counts),
            Self::RevocationChanged(outcome) => problem.details.revocation = Some(outcome),
            Self::SelectionChanged(outcome) => problem.details.outcome = Some(*outcome),
            Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::TokenNotAllowed
            | Self::OutOfScope(_)
            | Self::Denied(_)
            | Self::Suspended(_)
            | Self::NotFound(_)
            | Self::KeysOff
            | Self::AlreadyCompleted(_)
            | Self::TargetMismatch(_)
            | Self::OwnedDataFull(_)
            | Self::Conflict(_) => {}
        }
        problem
    }
}
