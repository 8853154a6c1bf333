-- Usage of all users together by day and model, so that an overview reads few rows. A trigger adds each change of usage_daily to the
-- shard of its transaction, so that uses of many users do not wait for each other.
create table usage_daily_totals (
    day date not null,
    model text,
    shard smallint not null,
    requests bigint not null,
    tokens_in bigint not null,
    tokens_out bigint not null,
    cost_nanos bigint not null,
    created_at timestamptz not null default now(),
    constraint usage_daily_totals_key unique nulls not distinct (day, model, shard)
);

comment on column usage_daily_totals.shard is 'The sums of all shards are those of usage_daily. -1: merged ones of days that are over.';

create function add_to_usage_totals() returns trigger language plpgsql as $$
declare
    mine int := pg_backend_pid() % 32;
    shards constant int := 32;
begin
    for step in 0 .. shards - 1 loop
        if pg_try_advisory_xact_lock(hashtext('rollcall.totals'), (mine + step) % shards) then
            mine := (mine + step) % shards;
            exit;
        end if;
    end loop;
    insert into usage_daily_totals as t (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
    select d.day, d.model, mine, sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)
    from (
        select new.day, new.model, new.requests, new.tokens_in, new.tokens_out, new.cost_nanos where tg_op <> 'DELETE'
        union all
        select old.day, old.model, -old.requests, -old.tokens_in, -old.tokens_out, -old.cost_nanos where tg_op <> 'INSERT'
    ) as d (day, model, requests, tokens_in, tokens_out, cost_nanos)
    group by d.day, d.model
    order by d.day, d.model
    on conflict on constraint usage_daily_totals_key do update set
        requests = t.requests + excluded.requests, tokens_in = t.tokens_in + excluded.tokens_in,
        tokens_out = t.tokens_out + excluded.tokens_out, cost_nanos = t.cost_nanos + excluded.cost_nanos;
    return null;
end $$;

create trigger sum_usage after insert or update or delete on usage_daily
for each row execute function add_to_usage_totals();

-- The expected sums of usage_daily_totals, for `rollcall doctor`.
create view usage_daily_totals_recount as
select
    day,
    model,
    sum(requests)::bigint as requests,
    sum(tokens_in)::bigint as tokens_in,
    sum(tokens_out)::bigint as tokens_out,
    sum(cost_nanos)::bigint as cost_nanos
from usage_daily
group by day, model;

-- The expected sums of usage_daily, for `rollcall doctor`.
create view usage_daily_recount as
select
    (at at time zone 'UTC')::date as day,
    user_id,
    model,
    sum(requests)::bigint as requests,
    sum(tokens_in)::bigint as tokens_in,
    sum(tokens_out)::bigint as tokens_out,
    sum(cost_nanos)::bigint as cost_nanos
from usage_events
where kind = 'use'
group by 1, 2, 3;

-- The first days of the months that have a partition. All events of these months are stored.
create function stored_usage_months() returns setof date language sql stable as $$
    select to_date(right(c.relname, 7), 'YYYY_MM')
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'usage_events'::regclass and c.relname ~ '^usage_events_\d{4}_\d{2}$'
$$;
