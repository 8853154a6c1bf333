-- Adds amounts to the totals of a day and a model, in the shard of the transaction.
create function add_usage_total(of_day date, of_model text, requests bigint, tokens_in bigint, tokens_out bigint, cost_nanos bigint)
returns void language plpgsql as $$
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
    values (of_day, of_model, mine, requests, tokens_in, tokens_out, cost_nanos)
    on conflict on constraint usage_daily_totals_key do update set
        requests = saturated(t.requests::numeric + excluded.requests),
        tokens_in = saturated(t.tokens_in::numeric + excluded.tokens_in),
        tokens_out = saturated(t.tokens_out::numeric + excluded.tokens_out),
        cost_nanos = saturated(t.cost_nanos::numeric + excluded.cost_nanos);
end $$;

-- As before, but a use adds to one row without grouping its changes first.
create or replace function add_to_usage_totals() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.day, new.model) is not distinct from (old.day, old.model) then
        perform add_usage_total(
            new.day, new.model, new.requests - old.requests, new.tokens_in - old.tokens_in, new.tokens_out - old.tokens_out,
            new.cost_nanos - old.cost_nanos
        );
        return null;
    end if;
    if tg_op <> 'INSERT' then
        perform add_usage_total(old.day, old.model, -old.requests, -old.tokens_in, -old.tokens_out, -old.cost_nanos);
    end if;
    if tg_op <> 'DELETE' then
        perform add_usage_total(new.day, new.model, new.requests, new.tokens_in, new.tokens_out, new.cost_nanos);
    end if;
    return null;
end $$;
