//! Reports of the sessions that block a migration, over another connection.

use std::{convert::Infallible, time::Duration};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use time::OffsetDateTime;

use super::Event;

/// Interval between checks.
const LOOK: Duration = Duration::from_secs(3);
/// Number of checks after which a continuing wait is reported again: every 30 seconds.
const LOOKS_BETWEEN_REPORTS: u32 = 10;

/// A session that holds a lock for which a migration waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Process id on the server; 0 for a prepared transaction, which has none (`pg_prepared_xacts`).
    pub pid: i32,
    /// `application_name` of the session.
    pub application: Option<String>,
    /// Address of the client; `None` for a Unix socket.
    pub client: Option<String>,
    /// State such as `active` or `idle in transaction`; `None` if the role cannot see it.
    pub state: Option<String>,
    /// Start of its transaction, or of its state if it is in none.
    pub since: Option<OffsetDateTime>,
    /// First 100 characters of its current or last statement.
    pub query: Option<String>,
}

/// Reports the holders of locks for which the session `pid` waits, as long as it does.
pub(super) async fn watch(
    options: &PgConnectOptions,
    pid: i32,
    report: &impl Fn(Event),
) -> Infallible {
    let mut connection = None;
    let mut looks_waiting = 0_u32;
    loop {
        tokio::time::sleep(LOOK).await;
        // This connection can fail while the migration continues: the next check opens another one.
        let found = match connection.take() {
            Some(open) => list(open, pid).await,
            None => match PgConnection::connect_with(options).await {
                Ok(open) => list(open, pid).await,
                Err(_) => continue,
            },
        };
        let Ok((open, holders)) = found else {
            continue;
        };
        connection = Some(open);
        if holders.is_empty() {
            looks_waiting = 0;
            continue;
        }
        if looks_waiting.is_multiple_of(LOOKS_BETWEEN_REPORTS) {
            report(Event::Blocked(holders));
        }
        looks_waiting = looks_waiting.wrapping_add(1);
    }
}

async fn list(
    mut connection: PgConnection,
    pid: i32,
) -> Result<(PgConnection, Vec<Holder>), sqlx::Error> {
    let holders = sqlx::query_as!(
        Holder,
        r#"select
            b.pid as "pid!",
            nullif(a.application_name, '') as application,
            host(a.client_addr) as client,
            a.state,
            coalesce(a.xact_start, a.state_change) as since,
            nullif(left(a.query, 100), '') as query
        from (select distinct unnest(pg_blocking_pids($1)) as pid) b
        left join pg_stat_activity a on a.pid = b.pid
        order by b.pid"#,
        pid,
    )
    .fetch_all(&mut connection)
    .await?;
    Ok((connection, holders))
}
