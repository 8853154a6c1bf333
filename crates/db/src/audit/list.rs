//! Pages of the audit log, and the entries of an export: one statement each, served by the index for the filter.

use domain::audit::{
    AuditEntry,
    list::{AuditQuery, entry_id},
};
use sqlx::{
    PgExecutor, Postgres, QueryBuilder, Row as _, postgres::PgRow, types::ipnetwork::IpNetwork,
};
use time::OffsetDateTime;

use super::{AuditQueryFilter, Row};
use crate::{
    Error,
    keyset::{self, Column, Keyset, Value},
};

const COLUMNS: &str = "
    e.id, e.at, e.actor_id, e.actor_label, e.via, e.token_label, e.action, e.target_kind, e.target_id, e.target_label, e.reason,
    e.ip, e.request_id, e.parent_id";
/// Text of the changes for a page. Only the length of an overlong one is fetched: entries of the current version have at most 4 KiB.
const SHORT_CHANGES: &str = ", case
    when octet_length(e.changes::text) <= 65536 then e.changes::text else octet_length(e.changes::text)::text
    end as changes";
/// Text of the changes for an export, of any length.
const CHANGES: &str = ", e.changes::text as changes";
/// Maximum number of bytes of changes and reasons in a page. A tree of small values takes up to a hundred times its text in memory.
const PAGE_BYTES_MAX: i64 = 256 * 1024;
/// Maximum number of bytes of changes and reasons that an export reads at once.
const FILE_BYTES_MAX: i64 = 1024 * 1024;

/// Lists the entries of a page, the latest first. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    query: &AuditQuery,
    asked: &AuditQueryFilter<'_>,
) -> Result<(Vec<AuditEntry>, bool), Error> {
    let id = Column::new("e.id", |cursor| Value::Bigint(entry_id(cursor)));
    let page = Keyset::new(id, true, &query.position, query.limit)
        .by(Some(Column::time("e.at")))
        .cached(query.filter.is_empty())
        .partitioned();
    let mut sql = bounded();
    push_matching(&mut sql, &[COLUMNS, SHORT_CHANGES], asked);
    page.push(&mut sql);
    // A cached plan for other values of a filter may be a hundred times slower, so that a filtered statement is planned each time.
    push_bound(&mut sql, page.direction(), PAGE_BYTES_MAX);
    let statement = sql.build().persistent(query.filter.is_empty());
    let rows = statement.fetch_all(executor).await?;
    let found = rows.first().map(|row| row.try_get::<i64, _>("found"));
    let found = found.transpose()?.unwrap_or_default();
    let (entries, _) = page.read(&rows, entry)?;
    let more = i64::try_from(entries.len()).is_ok_and(|shown| shown < found);
    Ok((entries, more))
}

/// Counts the matching entries, up to one more than [`EXACT_TOTAL_MAX`](domain::list::EXACT_TOTAL_MAX).
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count(
    executor: impl PgExecutor<'_>,
    asked: &AuditQueryFilter<'_>,
) -> Result<u64, Error> {
    let mut sql = keyset::counting("audit_events e where true");
    asked.push(&mut sql);
    keyset::count(executor, sql).await
}

/// Lists at most `most` entries up to an id and after an entry, the earliest first. Each is decoded when the caller takes it, because
/// its changes take much more memory then.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_up_to(
    executor: impl PgExecutor<'_>,
    asked: &AuditQueryFilter<'_>,
    up_to: i64,
    after: Option<(OffsetDateTime, i64)>,
    most: i64,
) -> Result<impl Iterator<Item = Result<AuditEntry, Error>>, Error> {
    let mut sql = bounded();
    push_matching(&mut sql, &[COLUMNS, CHANGES], asked);
    sql.push(" and e.id <= ").push_bind(up_to);
    if let Some((at, id)) = after {
        sql.push(" and e.at >= ").push_bind(at);
        sql.push(" and (e.at, e.id) > (").push_bind(at);
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(" order by e.at, e.id limit ").push_bind(most);
    push_bound(&mut sql, "asc", FILE_BYTES_MAX);
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    Ok(rows.into_iter().map(|row| Ok(entry(&row)?)))
}

/// Begins a statement whose result is limited in bytes as well. [`push_bound`] completes it.
fn bounded() -> QueryBuilder<Postgres> {
    QueryBuilder::new("with page as (")
}

/// Completes the statement: it returns a row if the rows before it have fewer than `most` bytes of changes and reasons. `found` is the
/// number of rows before this limit.
fn push_bound(sql: &mut QueryBuilder<Postgres>, direction: &str, most: i64) {
    let order = format!("order by at {direction}, id {direction}");
    sql.push(format!(
        ") select * from (
            select *, count(*) over () as found, sum(bytes) over ({order}) - bytes as bytes_before
            from (select *, octet_length(changes) + coalesce(octet_length(reason), 0) as bytes from page) measured
        ) p where bytes_before < {most} {order}"
    ));
}

fn push_matching(sql: &mut QueryBuilder<Postgres>, columns: &[&str], asked: &AuditQueryFilter<'_>) {
    let columns = columns.concat();
    sql.push(format!("select {columns} from audit_events e where true"));
    asked.push(sql);
}

/// Decodes a row of [`COLUMNS`].
fn entry(row: &PgRow) -> Result<AuditEntry, sqlx::Error> {
    let ip: Option<IpNetwork> = row.try_get("ip")?;
    let row = Row {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        actor_id: row.try_get("actor_id")?,
        actor_label: row.try_get("actor_label")?,
        via: row.try_get("via")?,
        token_label: row.try_get("token_label")?,
        action: row.try_get("action")?,
        target_kind: row.try_get("target_kind")?,
        target_id: row.try_get("target_id")?,
        target_label: row.try_get("target_label")?,
        changes: row.try_get("changes")?,
        reason: row.try_get("reason")?,
        ip,
        request_id: row.try_get("request_id")?,
        parent_id: row.try_get("parent_id")?,
    };
    Ok(row.into())
}
