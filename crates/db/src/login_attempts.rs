//! Failed sign-ins, per account and per address: kept in the database, so that neither a restart nor a second replica
//! gives an attacker a fresh start.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::Error;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Failures against one username.
    Account,
    /// Failures from one address.
    Address,
    /// Accounts made from one address.
    Registration,
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Registration => "registration",
        }
    }

    /// Failures that cost no delay.
    const fn free(self) -> i32 {
        match self {
            Self::Account => 5,
            Self::Address => 20,
            Self::Registration => 10,
        }
    }

    /// The longest delay, in seconds. An account's is short, because anyone can cause it.
    const fn longest(self) -> f64 {
        match self {
            Self::Account => 60.0,
            Self::Address | Self::Registration => 900.0,
        }
    }
}

/// Counts a try as a failure, unless its delay has not passed. The delay doubles from one second with each failure
/// beyond the free ones; a day without any starts anew. Returns whether the try may go on: of many at once only
/// as many may as there are free failures left.
///
/// # Errors
/// When the database cannot be reached.
pub async fn try_count(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<bool, Error> {
    let counted = sqlx::query!(
        "insert into login_attempts as a (scope, subject, failures, last_failed_at, blocked_until, created_at)
        values ($1, $2, 1, now(), now(), now())
        on conflict (scope, subject) do update set
            failures = case when a.last_failed_at < now() - interval '1 day' then 1 else a.failures + 1 end,
            last_failed_at = now(),
            blocked_until = case
                when a.last_failed_at < now() - interval '1 day' or a.failures + 1 < $3 then now()
                else now() + make_interval(secs => least($4, power(2, least(a.failures + 1 - $3, 20))))
            end
        where a.blocked_until <= now()
        returning a.failures",
        scope.as_str(),
        subject,
        scope.free(),
        scope.longest(),
    )
    .fetch_optional(executor)
    .await?;
    Ok(counted.is_some())
}

/// How long a subject must still wait; nothing if it need not.
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

/// Forgets the failures of a subject.
///
/// # Errors
/// When the database cannot be reached.
pub async fn delete(
    executor: impl PgExecutor<'_>,
    scope: Scope,
    subject: &[u8],
) -> Result<(), Error> {
    sqlx::query!(
        "delete from login_attempts where scope = $1 and subject = $2",
        scope.as_str(),
        subject
    )
    .execute(executor)
    .await?;
    Ok(())
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
