//! Attempts at what must not be guessed: kept in the database, so that neither a restart nor a second replica gives an
//! attacker a fresh start.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::Error;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Failures of strangers against one username, from one network.
    AccountAddress,
    /// Failures of strangers against one username, from everywhere.
    Account,
    /// Failures of strangers from one network, against every username.
    Address,
    /// Failures of one browser against an account that it has signed in to before.
    Device,
    /// Wrong passwords in one live session.
    Session,
    /// Dead links followed from one network.
    Link,
    /// Taken usernames tried from one network, by whoever has an invitation.
    Name,
    /// Taken usernames tried with one invitation.
    Invitation,
    /// Accounts created from one network.
    Registration,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AccountAddress => "account_address",
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
            Self::Session => "session",
            Self::Link => "link",
            Self::Name => "name",
            Self::Invitation => "invitation",
            Self::Registration => "registration",
        }
    }

    /// Failures that cost no delay. An account allows fewer than 100 an hour from everywhere (30, then one a minute); an
    /// address far more than the mistypes of an office.
    const fn free(self) -> i32 {
        match self {
            Self::AccountAddress | Self::Device | Self::Session => 5,
            Self::Registration => 10,
            Self::Name => 20,
            Self::Account => 30,
            Self::Address | Self::Link | Self::Invitation => 100,
        }
    }

    /// The longest delay, in seconds. Short where strangers can cause it for others.
    const fn longest(self) -> f64 {
        match self {
            Self::Account | Self::Device | Self::Session | Self::Invitation => 60.0,
            Self::AccountAddress | Self::Address | Self::Link | Self::Name | Self::Registration => {
                900.0
            }
        }
    }

    /// Attempts that can be undecided at once. One more than this, and the next two seconds have none: of hundreds at once
    /// a dozen cost a hash, while people of an office who come one after the other never meet it.
    const fn crowd(self) -> i32 {
        match self {
            Self::Address => 10,
            Self::AccountAddress
            | Self::Account
            | Self::Device
            | Self::Session
            | Self::Link
            | Self::Name
            | Self::Invitation
            | Self::Registration => i32::MAX,
        }
    }
}

/// Counts an attempt as a failure that is not decided yet, unless a delay has not passed. The delay doubles from one second
/// with each failure beyond the free ones; a day without any starts again. Returns whether the attempt can be made: of many
/// at once only as many can as there are free failures left.
///
/// # Errors
/// When the database cannot be reached.
pub async fn try_count(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<bool, Error> {
    // Statements that wait for the same row have begun in another order: none may see a delay where there is none.
    let counted = sqlx::query!(
        "insert into login_attempts as a (
            scope, subject, failures, pending, last_failed_at, blocked_until, created_at
        )
        values ($1, $2, 1, 1, now(), '-infinity', now())
        on conflict (scope, subject) do update set
            failures = case when a.last_failed_at < now() - interval '1 day' then 1 else a.failures + 1 end,
            pending = undecided(a.pending, a.last_failed_at) + 1,
            last_failed_at = greatest(a.last_failed_at, now()),
            blocked_until = greatest(
                a.blocked_until,
                case
                    when a.last_failed_at >= now() - interval '1 day' and a.failures + 1 >= $3
                    then now() + make_interval(secs => least($4, power(2, least(a.failures + 1 - $3, 20))))
                end,
                case
                    when undecided(a.pending, a.last_failed_at) + 1 >= $5 then now() + interval '2 seconds'
                end
            )
        where a.blocked_until <= now()
        returning a.failures",
        scope.as_str(),
        subject,
        scope.free(),
        scope.longest(),
        scope.crowd(),
    )
    .fetch_optional(executor)
    .await?;
    Ok(counted.is_some())
}

/// Returns how long a subject must still wait; nothing if it need not.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_delay(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<Option<Duration>, Error> {
    let row = sqlx::query!(
        r#"select extract(epoch from blocked_until - now())::float8 as "seconds!" from login_attempts
        where scope = $1 and subject = $2 and blocked_until > now()"#,
        scope.as_str(),
        subject,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Duration::from_secs_f64(row.seconds.max(0.0))))
}

/// Decides an attempt that was counted: it stays a failure.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_decided(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<(), Error> {
    sqlx::query!(
        "update login_attempts set pending = greatest(0, pending - 1) where scope = $1 and subject = $2",
        scope.as_str(),
        subject,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Gives back so many failures, the last of which was not decided, with the delay that it has caused.
///
/// # Errors
/// When the database cannot be reached.
pub async fn give_back(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
    failures: i32,
) -> Result<(), Error> {
    sqlx::query!(
        "update login_attempts set
            failures = greatest(0, failures - $3),
            pending = greatest(0, pending - 1),
            blocked_until = case when pending - 1 < $4 then '-infinity' else blocked_until end
        where scope = $1 and subject = $2",
        scope.as_str(),
        subject,
        failures,
        scope.crowd(),
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Forgets the failures of a subject. Returns how many there were.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<i32, Error> {
    let row = sqlx::query!(
        "delete from login_attempts where scope = $1 and subject = $2 returning failures",
        scope.as_str(),
        subject
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map_or(0, |row| row.failures))
}

/// Removes what no longer delays anyone.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete_old(executor: impl PgExecutor<'_>) -> Result<u64, Error> {
    let done =
        sqlx::query!("delete from login_attempts where last_failed_at < now() - interval '1 day'")
            .execute(executor)
            .await?;
    Ok(done.rows_affected())
}
