-- As before, and groups are locked before their totals: one that is being deleted is waited for, and then has no total.
create or replace function add_to_group_totals(ids uuid[], deltas bigint[]) returns void language plpgsql as $$
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
    with held as (
        select id from groups where id = any(ids) order by id for key share
    )
    insert into group_totals as t (group_id, shard, members)
    select h.id, mine, sum(d.delta)
    from unnest(ids, deltas) as d (id, delta)
    join held h on h.id = d.id
    group by h.id having sum(d.delta) <> 0
    order by h.id
    on conflict (group_id, shard) do update set members = t.members + excluded.members;
end $$;
