//! Up to which entry nothing is missing. Ids are given out before the change is committed, so a smaller one may still come.

use sqlx::{PgConnection, PgExecutor};

use crate::Error;

/// What is known of those who write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Horizon {
    /// Every entry up to this id is there that ever will be.
    pub finished: i64,
    /// An id up to which that will be so, once some virtual transactions are done.
    pub pending: Option<(i64, Vec<String>)>,
}

/// The last id that was given out, be it to an entry that was never committed.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find_last_id(executor: impl PgExecutor<'_>) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(
            pg_sequence_last_value(pg_get_serial_sequence('audit_events', 'id')::regclass), 0
        ) as "last!""#
    )
    .fetch_one(executor)
    .await?)
}

/// Those who may be writing entries: the virtual transactions that hold the lock that an `insert` takes before anything
/// else, and keeps until it is committed or undone.
///
/// # Errors
/// When the database cannot be reached.
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

/// What was known last.
///
/// # Errors
/// When the database cannot be reached.
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

/// Notes what is known now.
///
/// # Errors
/// When the database cannot be reached.
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
