//! The audit horizon: the id up to which no entry is missing. Ids are allocated before the change is committed, so that an entry with a
//! smaller id can still appear.

use sqlx::{PgConnection, PgExecutor};

use crate::Error;

/// Stored state of the horizon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Horizon {
    /// The id up to which all entries are committed or rolled back.
    pub finished: i64,
    /// A higher id for which this will hold once these virtual transactions have ended.
    pub pending: Option<(i64, Vec<String>)>,
}

/// Returns the last allocated id, even if its entry was never committed.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_last_id(executor: impl PgExecutor<'_>) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(
            pg_sequence_last_value(pg_get_serial_sequence('audit_events', 'id')::regclass), 0
        ) as "last!""#
    )
    .fetch_one(executor)
    .await?)
}

/// Lists the virtual transactions that may be inserting entries: an `insert` takes this lock before anything else, and holds it until the
/// transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_writers(executor: impl PgExecutor<'_>) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select distinct virtualtransaction as "writer!"
        from pg_locks
        where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
            and database = (select oid from pg_database where datname = current_database())
            and relation in (select relid from pg_partition_tree('audit_events'))"#
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the stored state.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find(executor: impl PgExecutor<'_>) -> Result<Horizon, Error> {
    let row = sqlx::query!(
        "select finished_id, pending_id, pending_writers from audit_horizon where id = 1"
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map_or_else(Horizon::default, |row| Horizon {
        finished: row.finished_id,
        pending: row.pending_id.map(|id| (id, row.pending_writers)),
    }))
}

/// Stores the state.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(connection: &mut PgConnection, horizon: &Horizon) -> Result<(), Error> {
    let (pending, writers) = horizon.pending.clone().unzip();
    sqlx::query!(
        "insert into audit_horizon (id, finished_id, pending_id, pending_writers)
        values (1, $1, $2, coalesce($3, '{}'::text[]))
        on conflict (id) do update set
            finished_id = excluded.finished_id, pending_id = excluded.pending_id,
            pending_writers = excluded.pending_writers",
        horizon.finished,
        pending,
        writers.as_deref(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
