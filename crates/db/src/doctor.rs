//! Checks of the counters against a recount. They scan whole tables: for `rollcall doctor`, not for pages.

use sqlx::PgPool;

use crate::Error;

/// Differences that a recount has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount {
    /// Number of users whose statistics differ.
    pub wrong_stats: i64,
    /// Number of totals that differ.
    pub wrong_totals: i64,
    /// Number of users whose folded names in the search differ from their names.
    pub wrong_search: i64,
    /// Number of groups whose numbers of members differ.
    pub wrong_groups: i64,
    /// Number of conversations whose sums differ from their messages.
    pub wrong_conversations: i64,
}

/// Recounts everything and compares it with the counters, in one snapshot.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn recount(pool: &PgPool) -> Result<Recount, Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query!("set transaction isolation level repeatable read")
        .execute(&mut *transaction)
        .await?;
    // A recount of millions of rows takes longer than the statement timeout of the pool.
    sqlx::query!("set local statement_timeout = 0")
        .execute(&mut *transaction)
        .await?;
    let row = sqlx::query!(
        r#"select
            (
                select count(*) from user_stats_recount r
                full join user_stats s using (user_id)
                where (r.personas, r.ontologies, r.annotations, r.api_keys, r.sessions, r.role_ids, r.deleted)
                    is distinct from
                    (s.personas, s.ontologies, s.annotations, s.api_keys, s.sessions, s.role_ids, s.deleted)
            ) + (
                select count(*) from user_stats s
                left join user_spend_recount r using (user_id)
                where (coalesce(r.month, 0), coalesce(r.nanos, 0)) <> (s.spend_month, s.spend_nanos)
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
            ) as "wrong_search!",
            (
                select count(*) from group_totals_recount r
                full join (
                    select group_id, sum(members) as members from group_totals group by group_id
                ) t using (group_id)
                where coalesce(r.members, 0) <> coalesce(t.members, 0)
            ) as "wrong_groups!",
            (
                select count(*) from conversations_recount r
                join conversations c using (id)
                where (r.messages, r.tokens_in, r.tokens_out, r.cost_nanos, r.likes, r.dislikes)
                    is distinct from (c.messages, c.tokens_in, c.tokens_out, c.cost_nanos, c.likes, c.dislikes)
            ) as "wrong_conversations!""#
    )
    .fetch_one(&mut *transaction)
    .await?;
    Ok(Recount {
        wrong_stats: row.wrong_stats,
        wrong_totals: row.wrong_totals,
        wrong_search: row.wrong_search,
        wrong_groups: row.wrong_groups,
        wrong_conversations: row.wrong_conversations,
    })
}

/// Returns the encoding of the database.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn encoding(pool: &PgPool) -> Result<String, Error> {
    Ok(sqlx::query_scalar!(
        r#"select pg_encoding_to_char(encoding)::text as "encoding!"
        from pg_database where datname = current_database()"#
    )
    .fetch_one(pool)
    .await?)
}
