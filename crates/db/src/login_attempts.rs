//! Rate limiting of attempts at guessable credentials. The counts are in the database, so that neither a restart nor a second replica
//! resets them.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::Error;

/// Subject of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Failures of unknown clients against one username, from one network.
    AccountAddress,
    /// Failures of unknown clients against one username, from all networks.
    Account,
    /// Failures of unknown clients from one network, against all usernames.
    Address,
    /// Failures of one browser against an account that it has signed in to before.
    Device,
    /// Wrong passwords in one active session.
    Session,
    /// Invalid links opened from one network.
    Link,
    /// Taken usernames tried from one network, by holders of invitations.
    Name,
    /// Taken usernames tried with one invitation.
    Invitation,
    /// Forms from one network that register a user, accepted or not, whose passwords were estimated.
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

    /// Returns the number of attempts without a delay. An account allows fewer than 100 an hour from all networks (30, then one a minute);
    /// an address allows far more than the typing errors of an office.
    const fn free(self) -> i32 {
        match self {
            Self::AccountAddress | Self::Device | Self::Session => 5,
            Self::Registration => 10,
            Self::Name => 20,
            Self::Account => 30,
            Self::Address | Self::Link | Self::Invitation => 100,
        }
    }

    /// Returns the longest delay in seconds. It is short where an unknown client can cause it for others.
    const fn longest(self) -> f64 {
        match self {
            Self::Account | Self::Device | Self::Session | Self::Invitation => 60.0,
            Self::AccountAddress | Self::Address | Self::Link | Self::Name | Self::Registration => {
                900.0
            }
        }
    }

    /// Returns the number of undecided attempts that blocks further ones for two seconds: of hundreds at once only about a dozen cost a
    /// hash, while users of one office who sign in one after the other never reach it.
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

/// Counts an attempt as a failure that is not decided yet, unless a delay is in force. The delay doubles from one second with each failure
/// beyond the free ones; after a day without a failure the count starts again. Returns whether the attempt is allowed: of concurrent
/// attempts, only as many are as there are free ones left.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn try_count(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<bool, Error> {
    // Statements that wait for the same row may have begun in another order, so that `now()` is not monotonic here: none may see a delay
    // where there is none.
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

/// Returns the remaining delay of a subject; `None` if there is none.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Marks a counted attempt as decided: it stays a failure.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Subtracts `failures` failures, and lifts the delay that the last one, still undecided, has caused.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Deletes the failures of a subject. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// Deletes counts that no longer cause a delay.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete_old(executor: impl PgExecutor<'_>) -> Result<u64, Error> {
    let done =
        sqlx::query!("delete from login_attempts where last_failed_at < now() - interval '1 day'")
            .execute(executor)
            .await?;
    Ok(done.rows_affected())
}
