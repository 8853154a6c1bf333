//! Whether the counters that are kept agree with a recount. Scans whole tables: for `rollcall doctor`, not for pages.

use sqlx::PgPool;

use crate::Error;

/// What a recount found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount {
    /// Users whose statistics differ from a recount.
    pub wrong_stats: i64,
    /// Totals that differ from a recount.
    pub wrong_totals: i64,
    /// Users who are searched by other names than they have.
    pub wrong_search: i64,
}

/// Counts everything anew and compares, in one snapshot.
///
/// # Errors
/// When the database cannot be reached.
pub async fn recount(pool: &PgPool) -> Result<Recount, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("set transaction isolation level repeatable read")
        .execute(&mut *transaction)
        .await?;
    // A recount of millions takes longer than a page may.
    sqlx::query!("set local statement_timeout = 0")
        .execute(&mut *transaction)
        .await?;
    let row = sqlx::query!(
        r#"select
            (
                select count(*) from user_stats_recount r
                full join user_stats s using (user_id)
                where (r.personas, r.ontologies, r.annotations, r.api_keys, r.sessions, r.roles, r.deleted)
                    is distinct from
                    (s.personas, s.ontologies, s.annotations, s.api_keys, s.sessions, s.roles, s.deleted)
            ) as "wrong_stats!",
            (
                select count(*) from user_totals_recount r
                full join (
                    select name, sum(value) as value from user_totals where name not like 'signed-in:%' group by name
                ) t using (name)
                where coalesce(r.value, 0) <> coalesce(t.value, 0)
            ) as "wrong_totals!",
            (
                select count(*) from users u
                full join user_search x on x.user_id = u.id
                where (search_text(u.username, u.display_name, u.email), u.deleted_at is not null)
                    is distinct from (x.search, x.deleted)
            ) as "wrong_search!""#
    )
    .fetch_one(&mut *transaction)
    .await?;
    Ok(Recount {
        wrong_stats: row.wrong_stats,
        wrong_totals: row.wrong_totals,
        wrong_search: row.wrong_search,
    })
}

/// The encoding of the database.
///
/// # Errors
/// When the database cannot be reached.
pub async fn encoding(pool: &PgPool) -> Result<String, Error> {
    Ok(sqlx::query_scalar!(
        r#"select pg_encoding_to_char(encoding)::text as "encoding!"
        from pg_database where datname = current_database()"#
    )
    .fetch_one(pool)
    .await?)
}
