-- Keeps user_stats: a row for each user, a counter for each kind of thing they own.
-- Statement-level with transition tables, so that a statement over many rows costs one update for each owner.
create function add_user_stats_rows() returns trigger language plpgsql as $$
begin
    insert into user_stats (user_id, deleted, created_at)
    select id, deleted_at is not null, created_at from new_rows;
    return null;
end $$;

create trigger add_stats after insert on users
referencing new table as new_rows for each statement execute function add_user_stats_rows();

-- Into the bin, or out of it.
create function mark_deleted_stats() returns trigger language plpgsql as $$
begin
    update user_stats s set deleted = n.deleted_at is not null
    from new_rows n join old_rows o on o.id = n.id
    where s.user_id = n.id and (o.deleted_at is null) <> (n.deleted_at is null);
    return null;
end $$;

create trigger mark_deleted after update on users
referencing old table as old_rows new table as new_rows for each statement execute function mark_deleted_stats();

-- Adds the deltas of `counted` to the counter named by the trigger. Rows are locked in id order, so that two
-- statements over the same owners cannot wait for each other in a circle.
create function apply_user_stats(counter text, owners uuid[], deltas int[]) returns void language plpgsql as $$
begin
    perform 1 from user_stats where user_id = any(owners) order by user_id for no key update;
    execute format(
        'update user_stats s set %1$I = s.%1$I + d.delta'
        ' from unnest($1, $2) as d (user_id, delta) where s.user_id = d.user_id', counter
    ) using owners, deltas;
end $$;

create function count_inserted() returns trigger language plpgsql as $$
begin
    perform apply_user_stats(tg_argv[0], array_agg(user_id), array_agg(delta))
    from (select user_id, count(*)::int as delta from new_rows where user_id is not null group by user_id) as d
    having count(*) > 0;
    return null;
end $$;

create function count_deleted() returns trigger language plpgsql as $$
begin
    perform apply_user_stats(tg_argv[0], array_agg(user_id), array_agg(delta))
    from (select user_id, -count(*)::int as delta from old_rows where user_id is not null group by user_id) as d
    having count(*) > 0;
    return null;
end $$;

create function count_moved() returns trigger language plpgsql as $$
begin
    perform apply_user_stats(tg_argv[0], array_agg(user_id), array_agg(delta))
    from (
        select user_id, sum(delta)::int as delta
        from (
            select user_id, 1 as delta from new_rows
            union all
            select user_id, -1 from old_rows
        ) as moves
        where user_id is not null
        group by user_id
        having sum(delta) <> 0
    ) as d
    having count(*) > 0;
    return null;
end $$;

do $$
declare
    counted text;
begin
    foreach counted in array array['personas', 'ontologies', 'annotations', 'api_keys'] loop
        execute format(
            'create trigger count_inserted after insert on %1$I referencing new table as new_rows'
            ' for each statement execute function count_inserted(%1$L)', counted
        );
        execute format(
            'create trigger count_deleted after delete on %1$I referencing old table as old_rows'
            ' for each statement execute function count_deleted(%1$L)', counted
        );
        execute format(
            'create trigger count_moved after update on %1$I referencing old table as old_rows new table as new_rows'
            ' for each statement execute function count_moved(%1$L)', counted
        );
    end loop;
end $$;

-- Sessions count while they have not ended: an end is an update, not a delete.
create function count_live_sessions() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform apply_user_stats('sessions', array_agg(user_id), array_agg(delta))
        from (
            select user_id, count(*)::int as delta from new_rows
            where user_id is not null and ended_at is null group by user_id
        ) as d having count(*) > 0;
    elsif tg_op = 'DELETE' then
        perform apply_user_stats('sessions', array_agg(user_id), array_agg(delta))
        from (
            select user_id, -count(*)::int as delta from old_rows
            where user_id is not null and ended_at is null group by user_id
        ) as d having count(*) > 0;
    else
        perform apply_user_stats('sessions', array_agg(user_id), array_agg(delta))
        from (
            select user_id, sum(delta)::int as delta
            from (
                select user_id, 1 as delta from new_rows where ended_at is null
                union all
                select user_id, -1 from old_rows where ended_at is null
            ) as moves
            where user_id is not null
            group by user_id having sum(delta) <> 0
        ) as d having count(*) > 0;
    end if;
    return null;
end $$;

create trigger count_inserted after insert on sessions
referencing new table as new_rows for each statement execute function count_live_sessions();
create trigger count_deleted after delete on sessions
referencing old table as old_rows for each statement execute function count_live_sessions();
create trigger count_ended after update on sessions
referencing old table as old_rows new table as new_rows for each statement execute function count_live_sessions();

-- The names of a person's roles, as the list shows them.
create function show_user_roles(owners uuid[]) returns void language plpgsql as $$
begin
    perform 1 from user_stats where user_id = any(owners) order by user_id for no key update;
    update user_stats s
    set roles = array(
        select r.name from user_roles ur join roles r on r.id = ur.role_id
        where ur.user_id = s.user_id order by r.rank, r.name
    )
    where s.user_id = any(owners);
end $$;

-- What user_stats should hold: the oracle of `rollcall doctor`, and the quick way to fill it after a bulk load.
create view user_stats_recount as
select
    u.id as user_id,
    coalesce(p.n, 0) as personas,
    coalesce(o.n, 0) as ontologies,
    coalesce(a.n, 0) as annotations,
    coalesce(k.n, 0) as api_keys,
    coalesce(s.n, 0) as sessions,
    coalesce(r.names, '{}') as roles,
    u.deleted_at is not null as deleted
from users u
left join (select user_id, count(*)::int as n from personas group by user_id) p on p.user_id = u.id
left join (select user_id, count(*)::int as n from ontologies group by user_id) o on o.user_id = u.id
left join (select user_id, count(*)::int as n from annotations group by user_id) a on a.user_id = u.id
left join (select user_id, count(*)::int as n from api_keys group by user_id) k on k.user_id = u.id
left join (
    select user_id, count(*)::int as n from sessions where ended_at is null group by user_id
) s on s.user_id = u.id
left join (
    select ur.user_id, array_agg(r.name order by r.rank, r.name) as names
    from user_roles ur join roles r on r.id = ur.role_id group by ur.user_id
) r on r.user_id = u.id;
