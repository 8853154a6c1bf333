-- Generates usage and conversations in a database of demo users, before bench/users.sql. Run by psql with these environment variables:
-- BENCH_EVENTS, BENCH_MESSAGES: number of events of usage and of messages.
\getenv events BENCH_EVENTS
\getenv messages BENCH_MESSAGES

-- A use counts only if its commit is durable; a private cluster commits asynchronously otherwise.
select format('alter database %I set synchronous_commit = on', current_database()) \gexec

set maintenance_work_mem = '512MB';
set work_mem = '128MB';
set synchronous_commit = off;

-- The admin asks for uses as a host application does.
insert into user_roles (user_id, role_id, granted_at)
select u.id, r.id, now() from users u, roles r where u.username = 'admin' and r.builtin_kind = 'application';

-- One in ten of the users has usage: on 20 of the last 60 days, of one model a day.
create temporary table metered as
select id, row_number() over (order by id) - 1 as number
from users where status = 'active' and deleted_at is null and username <> 'admin' order by id limit (select count(*) / 10 from users);
create unique index on metered (number);
analyze metered;
select count(*) as metered, greatest(1, :events / (20 * count(*))) as per_day from metered \gset

-- The shared budget of the demo data is less than what is generated here, and denied uses are not what is measured.
delete from limits where shared;
-- One user has a limit that denies nothing, for the uses of one user.
insert into limits (id, user_id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
select uuid_v7(now()), m.id, l.metric, 1000000000000000, 'total', 3155695200, now(), now(), now()
from metered m, (values ('requests'), ('cost')) as l (metric) where m.number = 0;

-- The events are inserted without indexes, which are built once for all of them.
truncate usage_events, usage_event_ids, usage_daily, usage_daily_totals;
select ensure_usage_partitions(now() - interval '61 days');
alter table usage_daily disable trigger user;
alter table usage_events drop constraint usage_events_pkey, drop constraint usage_events_user_id_fkey;
drop index usage_events_by_time, usage_events_by_user, usage_events_by_token;

select format($sql$
    with active as (
        select id as user_id, hashtextextended(id::text, %1$s) & 9223372036854775807 as x from metered
    ), used as materialized (
        select
            a.user_id, (array['gpt-5', 'claude-sonnet-4', 'llama-3.3-70b'])[(1 + (a.x >> 40) %% 3)::int] as model,
            (date_trunc('day', now() at time zone 'UTC') - %1$s * interval '1 day') at time zone 'UTC'
                + ((a.x >> 8) + n * 3571) %% 86400 * interval '1 second' as at,
            200 + ((a.x >> 4) + n * 37) %% 1800 as tokens_in, 100 + ((a.x >> 12) + n * 53) %% 900 as tokens_out
        from active a
        cross join generate_series(1, %2$s) n
        where a.x %% 3 = 0
    ), stored as (
        insert into usage_events (id, at, kind, user_id, model, requests, tokens_in, tokens_out, cost_nanos, created_at)
        select uuid_v7(at), at, 'use', user_id, model, 1, tokens_in, tokens_out, tokens_in * 2500 + tokens_out * 10000, at
        from used
    )
    insert into usage_daily (day, user_id, model, requests, tokens_in, tokens_out, cost_nanos)
    select (at at time zone 'UTC')::date, user_id, model, count(*), sum(tokens_in), sum(tokens_out), sum(tokens_in * 2500 + tokens_out * 10000)
    from used
    group by 1, 2, 3
$sql$, day, :per_day)
from generate_series(1, 60) day \gexec

alter table usage_events
    add constraint usage_events_pkey primary key (id, at),
    add constraint usage_events_user_id_fkey foreign key (user_id) references users (id) on delete cascade;
create index usage_events_by_time on usage_events (at, id);
create index usage_events_by_user on usage_events (user_id, at, id);
create index usage_events_by_token on usage_events (token_id, at) where token_id is not null;
insert into usage_daily_totals (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
select day, model, -1, requests, tokens_in, tokens_out, cost_nanos from usage_daily_totals_recount;
alter table usage_daily enable trigger user;
truncate user_spend;
insert into user_spend (user_id, month, nanos, deleted, created_at)
select u.id, coalesce(r.month, 0), coalesce(r.nanos, 0), u.deleted_at is not null, u.created_at
from users u
left join user_spend_recount r on r.user_id = u.id;

-- Conversations of ten messages, 50,000 at a time; one in twenty has feedback.
truncate conversations cascade;
alter table conversation_messages disable trigger user;

select format($sql$
    with chats as materialized (
        select
            uuid_v7(s.started_at) as id, m.id as user_id, n, s.started_at,
            case when n %% 20 = 0 then jsonb_build_object('rating', case n %% 60 when 0 then 'dislike' else 'like' end, 'comment', '') end
                as feedback
        from generate_series(%1$s::bigint, %2$s) n
        join metered m on m.number = (n * 7919) %% %3$s
        cross join lateral (select now() - (n + 60) * interval '5 seconds' as started_at) s
    ), stored as (
        insert into conversation_messages (conversation_id, seq, id, role, content, tokens, cost_nanos, feedback, at, created_at)
        select
            c.id, q.seq, uuid_v7(c.started_at), case q.seq %% 2 when 1 then 'user' else 'assistant' end,
            repeat('A sentence of the message. ', 4), 20 + c.n %% 200, 2500 * (20 + c.n %% 200),
            case q.seq when 2 then c.feedback end, c.started_at + q.seq * interval '30 seconds', c.started_at
        from chats c
        cross join generate_series(1, 10) as q (seq)
    )
    insert into conversations (
        id, user_id, branch, name, started_at, modified_at, messages, tokens_in, tokens_out, cost_nanos, likes, dislikes, created_at
    )
    select
        id, user_id, 'branch ' || n %% 200, 'Conversation ' || n, started_at, started_at + interval '300 seconds', 10,
        5 * (20 + n %% 200), 5 * (20 + n %% 200), 10 * 2500 * (20 + n %% 200), (coalesce(feedback ->> 'rating', '') = 'like')::int,
        (coalesce(feedback ->> 'rating', '') = 'dislike')::int, started_at
    from chats
$sql$, first, least(first + 49999, :messages / 10), :metered)
from generate_series(1, :messages / 10, 50000) first \gexec

alter table conversation_messages enable trigger user;
