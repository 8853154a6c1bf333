//! Why something was not done.

use std::time::Duration;

use domain::{
    access_tokens::Scope,
    fields::FieldErrors,
    list::ListError,
    problem::{Code, Problem},
    rules::Refusal,
    sessions::revoke::RevokeOutcome,
    users::{
        bulk::BulkOutcome,
        deletion::OwnedCounts,
        detail::{IssuedLink, UserDetail},
        suspension::Suspension,
    },
};
use time::OffsetDateTime;

/// Why something was not done. Its text is for people; the cause, where there is one, is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or not with these credentials.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// They may not.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It takes a person who is signed in.
    #[error("An access token is not enough for this. Sign in to the panel and do it there.")]
    TokenNotAllowed,
    /// The access token was not made for this, or its owner may not do it any more.
    #[error("This access token may not do this: it lacks the scope {0}, or its owner the right.")]
    OutOfScope(Scope),
    /// A rule about whose account may be changed by whom.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// They have proved who they are, but are kept out.
    #[error("{}", suspended(.0))]
    Suspended(Box<Suspension>),
    /// They have proved who they are, but somebody else knows their password.
    #[error(
        "Your password was set by somebody else. Choose one of your own, then sign in with it."
    )]
    PasswordChangeRequired(IssuedLink),
    /// A session alone is not enough for this: it may be stolen.
    #[error("Enter your current password to change this.")]
    CurrentPasswordRequired,
    /// The password that was given to show who asks is another one.
    #[error("This is not your current password.")]
    CurrentPasswordWrong,
    /// There is no such thing.
    #[error("{0}")]
    NotFound(&'static str),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(&'static str),
    /// The owner has as many megabytes of data as the server stores for one user.
    #[error(
        "This account has the {0} MB of data that this server stores for one user. Delete something first."
    )]
    OwnedDataFull(u32),
    /// The same request, by its idempotency key, is being carried out at this moment.
    #[error("This request is being carried out already. Send it again in a moment for its answer.")]
    UnderWay,
    /// The same request, by its idempotency key, was carried out, and what it answered is not there to be given again.
    #[error("{}", done(.0))]
    DoneBefore(Done),
    /// Somebody else has changed the account meanwhile: this is what it is now.
    #[error(
        "Somebody else has changed this account meanwhile. Nothing was saved: compare, and save again."
    )]
    Stale(Box<UserDetail>),
    /// There is something else to delete or to transfer than was shown.
    #[error("What this account owns has changed since it was shown. Nothing was done: look again.")]
    CountsChanged(OwnedCounts),
    /// Other people would be changed than was shown.
    #[error(
        "Some of these accounts have changed since they were shown. Nothing was done: look again."
    )]
    SelectionChanged(Box<BulkOutcome>),
    /// The page showed another name than the one of what would be changed.
    #[error(
        "This page is out of date: it showed {}, but that is not what would be changed. Nothing was changed. Reload the page.",
        shown(.0)
    )]
    TargetMismatch(String),
    /// Other sessions would end than was shown.
    #[error("The number of sessions has changed since it was shown. Nothing was done: look again.")]
    RevocationChanged(RevokeOutcome),
    /// Somebody else has a name or an address. Its text is the fault of the first such field.
    #[error("{}", first(.0))]
    Taken(FieldErrors),
    /// Fields of a form are at fault.
    #[error("Check the marked fields.")]
    Invalid(FieldErrors),
    /// A list was asked for what it cannot give.
    #[error(transparent)]
    List(#[from] ListError),
    /// Too many tries.
    #[error("Too many attempts. Try again in {} seconds.", seconds(*.0))]
    TooMany(Duration),
    /// Too much of what takes long, exports or live lists, goes on at once.
    #[error("{0}")]
    TooManyAtOnce(&'static str),
    /// Keys of providers cannot be kept or handed on.
    #[error("{}", domain::keys::SWITCHED_OFF)]
    KeysOff,
    /// Worth another try in a moment.
    #[error("Rollcall cannot answer just now. Try again in a few seconds.")]
    Unavailable(#[source] Cause),
    /// A fault of ours.
    #[error(
        "Something went wrong on the server. Try again; if it stays, tell the operator the request id."
    )]
    Internal(#[source] Cause),
}

/// When a request was done whose answer is not there any more.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// When.
    pub at: OffsetDateTime,
    /// Whether its answer had a secret in it.
    pub is_shown_once: bool,
}

/// What lies behind an error, for the log alone.
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

fn first(faults: &FieldErrors) -> String {
    let first = faults.iter().next();
    first.map_or_else(String::new, |fault| fault.message.clone())
}

/// A name as a page showed it. It comes from the client, so it is cut where no name is as long.
fn shown(name: &str) -> String {
    let name: String = name.chars().take(100).collect();
    match name.as_str() {
        "" => "no name".to_owned(),
        name => format!("“{name}”"),
    }
}

/// What a suspended person is told, once they have shown that they know the password.
fn suspended(suspension: &Suspension) -> String {
    let mut text = "Your account is suspended".to_owned();
    if let Some(until) = suspension.until {
        let moment = until.to_offset(time::UtcOffset::UTC);
        text.push_str(&format!(
            " until {} {:02}:{:02} UTC",
            moment.date(),
            moment.hour(),
            moment.minute()
        ));
    }
    if let Some(reason) = suspension
        .reason
        .as_ref()
        .filter(|_| suspension.tell_reason)
    {
        text.push_str(&format!(": {}", reason.trim_end_matches('.')));
    }
    text.push_str(". Contact your administrator.");
    text
}

/// What is said of a request that was done before.
fn done(done: &Done) -> String {
    let moment = done.at.to_offset(time::UtcOffset::UTC);
    let (day, hour, minute) = (moment.date(), moment.hour(), moment.minute());
    let rest = if done.is_shown_once {
        "What it answered is shown only once. Look at what it made: revoke that, or make another link for it."
    } else {
        "Its answer cannot be given again. Look at what there is before you send it under another Idempotency-Key."
    };
    format!(
        "This request was done on {day} at {hour:02}:{minute:02} UTC, and is not done again. {rest}"
    )
}

/// Seconds after which what was too much at once is worth another try.
const AT_ONCE_RETRY: u64 = 5;

/// Whole seconds, rounded up: who waits so long has waited long enough.
fn seconds(delay: Duration) -> u64 {
    delay.as_secs() + 1
}

impl Error {
    /// The kind, which decides the status.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthenticated(_) => Code::Unauthorized,
            Self::Forbidden(_) | Self::OutOfScope(_) | Self::Refused(_) | Self::Suspended(_) => {
                Code::Forbidden
            }
            Self::TokenNotAllowed => Code::TokenNotAllowed,
            Self::PasswordChangeRequired(_) => Code::PasswordChangeRequired,
            Self::CurrentPasswordRequired => Code::CurrentPasswordRequired,
            Self::CurrentPasswordWrong => Code::CurrentPasswordWrong,
            Self::NotFound(_) => Code::NotFound,
            Self::Conflict(_)
            | Self::OwnedDataFull(_)
            | Self::UnderWay
            | Self::DoneBefore(_)
            | Self::Taken(_)
            | Self::Stale(_)
            | Self::CountsChanged(_)
            | Self::SelectionChanged(_)
            | Self::TargetMismatch(_)
            | Self::RevocationChanged(_) => Code::Conflict,
            Self::Invalid(_) | Self::List(_) => Code::ValidationError,
            Self::TooMany(_) | Self::TooManyAtOnce(_) => Code::TooManyRequests,
            Self::KeysOff => Code::SwitchedOff,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Internal(_) => Code::InternalError,
        }
    }

    /// What the client is told. The cause goes to the log here, so that it is there exactly once.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        let mut problem = Problem::new(self.code(), self.to_string());
        match self {
            Self::Unavailable(cause) => {
                tracing::warn!(%cause, "not available");
                problem.details.retry_after = Some(1);
            }
            Self::Internal(cause) => tracing::error!(%cause, "failed"),
            Self::Invalid(fields) | Self::Taken(fields) => problem.details.fields = fields,
            Self::List(error) => *problem.details = error.details(),
            Self::UnderWay => problem.details.retry_after = Some(1),
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
            | Self::Refused(_)
            | Self::Suspended(_)
            | Self::NotFound(_)
            | Self::KeysOff
            | Self::DoneBefore(_)
            | Self::TargetMismatch(_)
            | Self::OwnedDataFull(_)
            | Self::Conflict(_) => {}
        }
        problem
    }
}
