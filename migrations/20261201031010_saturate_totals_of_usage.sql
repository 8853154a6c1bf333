-- As before, but sums saturate.
create or replace function add_to_usage_totals() returns trigger language plpgsql as $$
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
    select
        d.day, d.model, mine, saturated(sum(d.requests)), saturated(sum(d.tokens_in)), saturated(sum(d.tokens_out)),
        saturated(sum(d.cost_nanos))
    from (
        select new.day, new.model, new.requests, new.tokens_in, new.tokens_out, new.cost_nanos where tg_op <> 'DELETE'
        union all
        select old.day, old.model, -old.requests, -old.tokens_in, -old.tokens_out, -old.cost_nanos where tg_op <> 'INSERT'
    ) as d (day, model, requests, tokens_in, tokens_out, cost_nanos)
    group by d.day, d.model
    order by d.day, d.model
    on conflict on constraint usage_daily_totals_key do update set
        requests = saturated(t.requests::numeric + excluded.requests),
        tokens_in = saturated(t.tokens_in::numeric + excluded.tokens_in),
        tokens_out = saturated(t.tokens_out::numeric + excluded.tokens_out),
        cost_nanos = saturated(t.cost_nanos::numeric + excluded.cost_nanos);
    return null;
end $$;

create or replace view usage_daily_totals_recount as
select
    day,
    model,
    saturated(sum(requests)) as requests,
    saturated(sum(tokens_in)) as tokens_in,
    saturated(sum(tokens_out)) as tokens_out,
    saturated(sum(cost_nanos)) as cost_nanos
from usage_daily
group by day, model;

create or replace view usage_daily_recount as
select
    (at at time zone 'UTC')::date as day,
    user_id,
    model,
    saturated_day(sum(requests)) as requests,
    saturated_day(sum(tokens_in)) as tokens_in,
    saturated_day(sum(tokens_out)) as tokens_out,
    saturated_day(sum(cost_nanos)) as cost_nanos
from usage_events
where kind = 'use'
group by 1, 2, 3;
