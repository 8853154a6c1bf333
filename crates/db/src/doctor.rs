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
    /// Number of sums of usage of users by day and model that differ from the stored events.
    pub wrong_usage: i64,
    /// Number of sums of usage of all users by day and model that differ from those of the users.
    pub wrong_usage_totals: i64,
    /// Number of balances of users and tokens that differ from the stored events of their periods.
    pub wrong_balances: i64,
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
                select count(*) from users u
                left join user_spend_recount r on r.user_id = u.id
                left join user_spend s on s.user_id = u.id
                where (coalesce(r.month, 0), coalesce(r.nanos, 0), u.deleted_at is not null)
                    is distinct from (s.month, s.nanos, s.deleted)
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
            ) as "wrong_conversations!",
            (
                select count(*) from (
                    select 1 from (
                        select day, user_id, model, requests, tokens_in, tokens_out, cost_nanos from usage_daily_recount
                        union all
                        select day, user_id, model, -requests, -tokens_in, -tokens_out, -cost_nanos from usage_daily
                    ) d
                    where date_trunc('month', d.day)::date in (select stored_usage_months())
                    group by d.day, d.user_id, d.model
                    having (sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)) <> (0, 0, 0, 0)
                ) x
            ) as "wrong_usage!",
            (
                select count(*) from (
                    select 1 from (
                        select day, model, requests, tokens_in, tokens_out, cost_nanos from usage_daily_totals_recount
                        union all
                        select
                            day, model, -saturated(sum(requests)), -saturated(sum(tokens_in)), -saturated(sum(tokens_out)),
                            -saturated(sum(cost_nanos))
                        from usage_daily_totals
                        group by day, model
                    ) d
                    group by d.day, d.model
                    having (sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)) <> (0, 0, 0, 0)
                ) x
            ) as "wrong_usage_totals!",
            (
                select count(*) from balances_recount r
                join balances b using (holder_id, metric, model)
                where (r.used, r.granted) is distinct from (b.used, b.granted)
            ) as "wrong_balances!""#
    )
    .fetch_one(&mut *transaction)
    .await?;
    Ok(Recount {
        wrong_stats: row.wrong_stats,
        wrong_totals: row.wrong_totals,
        wrong_search: row.wrong_search,
        wrong_groups: row.wrong_groups,
        wrong_conversations: row.wrong_conversations,
        wrong_usage: row.wrong_usage,
        wrong_usage_totals: row.wrong_usage_totals,
        wrong_balances: row.wrong_balances,
    })
}

/// Lists the usernames that are the email address of another user, in alphabetical order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_shared_names(pool: &PgPool) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        r#"select u.username from users u
        join users o on o.email is not null and name_key(o.email) = name_key(u.username) and o.id <> u.id
        where u.username like '%@%'
        order by u.username collate "und-x-icu", u.id"#
    )
    .fetch_all(pool)
    .await?)
}

/// Counts the partitions of events that are missing for this month and the next one.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_missing_partitions(pool: &PgPool) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "missing!"
        from unnest(array['audit_events', 'usage_events']) as parent, generate_series(0, 1) as step
        where to_regclass(
            parent || to_char((now() at time zone 'UTC') + make_interval(months => step), '_YYYY_MM')
        ) is null"#
    )
    .fetch_one(pool)
    .await?)
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
