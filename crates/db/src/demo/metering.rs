//! Limits, usage and conversations of the demo data: computed by PostgreSQL from the users that the transaction has inserted.

use sqlx::{AssertSqlSafe, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::Error;

/// Users of this transaction, one in $2 of the active ones, by a hash with the seed $1.
const METERED: &str = "with metered as (
        select u.id, u.created_at
        from users u
        where u.xmin = pg_current_xact_id()::xid and u.status = 'active' and u.deleted_at is null
            and (hashtextextended(u.id::text, $1) & 9223372036854775807) % $2 = 0
    )";

/// Uses of the 30 days before the day $3, and their sums by day. One event has all requests of a user on a day.
const USAGE: &str = ", drawn as (
        select m.id as user_id, $3::date - ago.days as day, hashtextextended(m.id::text || ago.days, $1) & 9223372036854775807 as x
        from metered m
        cross join generate_series(1, 30) as ago (days)
        where ($3::date - ago.days)::timestamp at time zone 'UTC' > m.created_at
    ), requested as (
        select
            d.user_id, d.day, d.x, (d.day::timestamp at time zone 'UTC') + d.x % 86400 * interval '1 second' as at,
            (array['gpt-5', 'claude-sonnet-4', 'llama-3.3-70b'])[(1 + (d.x >> 40) % 3)::int] as model, 1 + (d.x >> 8) % 40 as requests
        from drawn d
        where d.x % 3 = 0
    ), used as materialized (
        select
            r.user_id, r.day, r.at, r.model, r.requests, r.requests * (200 + (r.x >> 16) % 1800) as tokens_in,
            r.requests * (100 + (r.x >> 24) % 900) as tokens_out
        from requested r
    ), stored as (
        insert into usage_events (id, at, kind, user_id, model, requests, tokens_in, tokens_out, cost_nanos, created_at)
        select uuid_v7(at), at, 'use', user_id, model, requests, tokens_in, tokens_out, tokens_in * 2500 + tokens_out * 10000, at
        from used
    ), summed as (
        insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
        select day, user_id, model, requests, tokens_in, tokens_out, tokens_in * 2500 + tokens_out * 10000
        from used
    )
    select 2 * count(*) from used";

/// Conversations of the 30 days before the day $3: up to three of a user, of up to eight messages, some with feedback.
const CONVERSATIONS: &str = ", topics (number, branch, name, question, answer) as (
        values
            (0, 'Physics', 'Blue sky', 'Why is the sky blue?', 'Air scatters short waves of light more than long ones.'),
            (1, 'Chemistry', 'Rust', 'How does iron rust?', 'It reacts with oxygen and water to iron oxide.'),
            (2, 'History', 'Printing press', 'When was the printing press invented?', 'Around 1450, in Mainz.'),
            (3, 'Biology', 'Leaves in autumn', 'Why do leaves change their colour?', 'Their chlorophyll decays in autumn.'),
            (4, 'Mathematics', 'Prime numbers', 'Is 91 a prime number?', 'No. It is 7 times 13.'),
            (5, 'Writing', 'Letter of thanks', 'Please draft a letter of thanks.', 'Dear colleagues, thank you for your help.')
    ), drawn as (
        select
            m.id as user_id, m.created_at as joined_at,
            hashtextextended(m.id::text || ' ' || turn.number, $1) & 9223372036854775807 as x
        from metered m
        cross join generate_series(1, 3) as turn (number)
    ), chats as materialized (
        select uuid_v7(s.started_at) as id, d.user_id, d.x, s.started_at, t.branch, t.name, t.question, t.answer
        from drawn d
        cross join lateral (
            select ($3::date::timestamp at time zone 'UTC') - (600 + (d.x >> 8) % 2592000) * interval '1 second' as started_at
        ) s
        join topics t on t.number = (d.x >> 40) % 6
        where d.x % 2 = 0 and s.started_at > d.joined_at
    ), said as materialized (
        select
            c.id as conversation_id, n.seq, case n.seq % 2 when 1 then 'user' else 'assistant' end as role,
            case
                when n.seq = 1 then c.question when n.seq = 2 then c.answer when n.seq % 2 = 1 then 'Please explain that with an example.'
                else 'Here is one, step by step.'
            end as content,
            (20 + (c.x >> 16) % 200 * n.seq)::int as tokens, c.started_at + n.seq * interval '30 seconds' as at,
            case when n.seq = 2 and (c.x >> 32) % 4 = 0 then
                jsonb_build_object('rating', case (c.x >> 36) % 3 when 0 then 'dislike' else 'like' end, 'comment', '')
            end as feedback
        from chats c
        cross join lateral generate_series(1, 2 * (1 + (c.x >> 24) % 4)::int) as n (seq)
    ), stored as (
        insert into conversation_messages (conversation_id, seq, id, role, content, tokens, cost_nanos, feedback, at, created_at)
        select
            conversation_id, seq, uuid_v7(at), role, content, tokens,
            tokens::bigint * case role when 'assistant' then 10000 else 2500 end, feedback, at, at
        from said
    ), summed as (
        insert into conversations (
            id, user_id, branch, name, started_at, modified_at, messages, tokens_in, tokens_out, cost_nanos, likes, dislikes, created_at
        )
        select
            c.id, c.user_id, c.branch, c.name, c.started_at, max(s.at), count(*),
            coalesce(sum(s.tokens) filter (where s.role <> 'assistant'), 0),
            coalesce(sum(s.tokens) filter (where s.role = 'assistant'), 0),
            sum(s.tokens::bigint * case s.role when 'assistant' then 10000 else 2500 end),
            count(*) filter (where s.feedback ->> 'rating' = 'like'), count(*) filter (where s.feedback ->> 'rating' = 'dislike'),
            c.started_at
        from chats c
        join said s on s.conversation_id = c.id
        group by c.id, c.user_id, c.branch, c.name, c.started_at
    )
    select (select count(*) from chats) + (select count(*) from said)";

/// Choice of the users who have usage and conversations.
#[derive(Debug, Clone, Copy)]
pub struct Metering {
    /// Seed of the choice and of the amounts.
    pub seed: u64,
    /// One user in this number has usage.
    pub one_in: i64,
    /// Day after the last day of usage.
    pub until: Date,
}

/// Inserts two limits of all users and a shared one of a group, unless there are some already. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_limits(
    connection: &mut PgConnection,
    group: Uuid,
    at: OffsetDateTime,
) -> Result<u64, Error> {
    let done = sqlx::query(
        "insert into limits (
            id, group_id, shared, metric, amount, warn_at, period, period_seconds, anchor, created_at, updated_at
        )
        select uuid_v7($2), l.group_id, l.group_id is not null, l.metric, l.amount, 80, l.period, l.seconds, $2, $2, $2
        from (
            values
                (null::uuid, 'cost', 50000000000::bigint, 'calendar:month', 2629746::bigint),
                (null, 'requests', 5000, 'calendar:day', 86400),
                ($1::uuid, 'cost', 5000000000000, 'calendar:month', 2629746)
        ) as l (group_id, metric, amount, period, seconds)
        on conflict on constraint limits_subject_key do nothing",
    )
    .bind(group)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts uses, conversations and their sums. Returns the number of rows.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert_usage(connection: &mut PgConnection, metering: Metering) -> Result<u64, Error> {
    // Without partitions the events would be outside of those that `rollcall doctor` compares.
    sqlx::query(
        "select ensure_usage_partitions(($1::date - 30)::timestamp at time zone 'UTC')
        where not exists (select from usage_events_default)",
    )
    .bind(metering.until)
    .execute(&mut *connection)
    .await?;
    let mut rows = 0;
    for statement in [USAGE, CONVERSATIONS] {
        let sql = AssertSqlSafe(format!("{METERED}{statement}"));
        let inserted: i64 = sqlx::query_scalar(sql)
            .bind(metering.seed.cast_signed())
            .bind(metering.one_in)
            .bind(metering.until)
            .fetch_one(&mut *connection)
            .await?;
        rows += inserted.unsigned_abs();
    }
    Ok(rows)
}

/// Adds the sums by day that are in no total yet.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn fill_usage_totals(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "insert into usage_daily_totals as t (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
        select d.day, d.model, -1, sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)
        from (
            select day, model, requests, tokens_in, tokens_out, cost_nanos from usage_daily_totals_recount
            union all
            select day, model, -requests, -tokens_in, -tokens_out, -cost_nanos from usage_daily_totals
        ) d
        group by d.day, d.model
        having (sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)) <> (0, 0, 0, 0)
        on conflict on constraint usage_daily_totals_key do update set
            requests = t.requests + excluded.requests, tokens_in = t.tokens_in + excluded.tokens_in,
            tokens_out = t.tokens_out + excluded.tokens_out, cost_nanos = t.cost_nanos + excluded.cost_nanos",
    )
    .execute(connection)
    .await?;
    Ok(())
}
