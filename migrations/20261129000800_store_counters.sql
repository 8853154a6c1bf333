-- Counters, so that a list of a million users is as quick as one of ten: `user_stats` has a row for each user, `user_totals` how many
-- users there are. Statement-level triggers with transition tables keep both, so that a statement over many rows costs one update
-- for each owner.
create table user_stats (
    user_id uuid not null,
    personas int not null default 0,
    ontologies int not null default 0,
    annotations int not null default 0,
    api_keys int not null default 0,
    sessions int not null default 0,
    -- Ids, most powerful role first: the list is searched and sorted by them. `user_roles` is the truth.
    role_ids uuid[] not null default '{}',
    -- Whether the user is deleted: a search by counters need not look at `users` to leave them out.
    deleted boolean not null default false,
    created_at timestamptz not null default now(),
    constraint user_stats_pkey primary key (user_id),
    constraint user_stats_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index user_stats_by_personas on user_stats (personas, user_id) where not deleted;
create index user_stats_by_ontologies on user_stats (ontologies, user_id) where not deleted;
create index user_stats_by_annotations on user_stats (annotations, user_id) where not deleted;
create index user_stats_by_api_keys on user_stats (api_keys, user_id) where not deleted;
create index user_stats_by_sessions on user_stats (sessions, user_id) where not deleted;
create index user_stats_by_roles on user_stats (role_ids, user_id) where not deleted;
-- Without a pending list: a search must not read through the entries that a sign-in has left there.
create index user_stats_holding_role on user_stats using gin (role_ids)
with (fastupdate = off) where not deleted;

create function add_user_stats_rows() returns trigger language plpgsql as $$
begin
    insert into user_stats (user_id, deleted, created_at)
    select id, deleted_at is not null, created_at from new_rows;
    return null;
end $$;

create trigger add_stats after insert on users
referencing new table as new_rows for each statement execute function add_user_stats_rows();

-- A user was deleted or restored.
create function mark_deleted_stats() returns trigger language plpgsql as $$
begin
    update user_stats s set deleted = n.deleted_at is not null
    from new_rows n join old_rows o on o.id = n.id
    where s.user_id = n.id and (o.deleted_at is null) <> (n.deleted_at is null);
    return null;
end $$;

create trigger mark_deleted after update on users
referencing old table as old_rows new table as new_rows for each statement execute function mark_deleted_stats();

-- Adds deltas to the counter that the trigger names. Rows are locked in id order, so that two
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

-- A total is the sum of its shards. A writer adds to the shard of its connection, so that writers rarely wait for each other.
--
-- Names: `users`, `deleted`, `status:<status>`, `role:<id>`, `created:<UTC day>`, `sessions`, `signed-in:<UTC day>`. Deleted users
-- count only as `deleted`.
create table user_totals (
    name text not null,
    shard smallint not null,
    value bigint not null,
    created_at timestamptz not null default now(),
    constraint user_totals_pkey primary key (name, shard)
);

-- A transaction that counts several times keeps the shard that it began with, and no other counts there meanwhile. Otherwise
-- two that count the same names in another order could wait for each other.
create function add_to_totals(names text[], deltas bigint[]) returns void language plpgsql as $$
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
    insert into user_totals as t (name, shard, value)
    select d.name, mine, sum(d.delta)
    from unnest(names, deltas) as d (name, delta)
    group by d.name having sum(d.delta) <> 0
    order by d.name
    on conflict (name, shard) do update set value = t.value + excluded.value;
end $$;

-- Sessions count while they have not ended, for their user and in a total: an end is an update, not a delete.
create function count_live_sessions() returns trigger language plpgsql as $$
declare
    owners uuid[];
    deltas int[];
begin
    if tg_op = 'INSERT' then
        select array_agg(user_id), array_agg(delta) into owners, deltas
        from (
            select user_id, count(*)::int as delta from new_rows
            where user_id is not null and ended_at is null group by user_id
        ) as d;
    elsif tg_op = 'DELETE' then
        select array_agg(user_id), array_agg(delta) into owners, deltas
        from (
            select user_id, -count(*)::int as delta from old_rows
            where user_id is not null and ended_at is null group by user_id
        ) as d;
    else
        select array_agg(user_id), array_agg(delta) into owners, deltas
        from (
            select user_id, sum(delta)::int as delta
            from (
                select user_id, 1 as delta from new_rows where ended_at is null
                union all
                select user_id, -1 from old_rows where ended_at is null
            ) as moves
            where user_id is not null
            group by user_id having sum(delta) <> 0
        ) as d;
    end if;
    if owners is not null then
        perform apply_user_stats('sessions', owners, deltas);
        perform add_to_totals(array['sessions'], array[(select sum(delta) from unnest(deltas) as delta)]);
    end if;
    return null;
end $$;

create trigger count_inserted after insert on sessions
referencing new table as new_rows for each statement execute function count_live_sessions();
create trigger count_deleted after delete on sessions
referencing old table as old_rows for each statement execute function count_live_sessions();
create trigger count_ended after update on sessions
referencing old table as old_rows new table as new_rows for each statement execute function count_live_sessions();

-- Counts the sign-ins of each UTC day. That a session is removed does not undo that it began, so these only grow, and no recount
-- finds them once old sessions are removed.
create function count_sign_ins() returns trigger language plpgsql as $$
begin
    perform add_to_totals(array_agg(name), array_agg(sign_ins))
    from (
        select 'signed-in:' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as name, count(*) as sign_ins
        from new_rows group by name
    ) as days
    having count(*) > 0;
    return null;
end $$;

create trigger count_sign_ins after insert on sessions
referencing new table as new_rows for each statement execute function count_sign_ins();

create function total_names(status text, created_at timestamptz, deleted_at timestamptz)
returns text[] language sql immutable as $$
    select case
        when deleted_at is null then
            array['users', 'status:' || status, 'created:' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')]
        else array['deleted']
    end;
$$;

create function total_users() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform add_to_totals(array_agg(name), array_agg(1))
        from new_rows n, unnest(total_names(n.status, n.created_at, n.deleted_at)) as name
        having count(*) > 0;
    elsif tg_op = 'DELETE' then
        perform add_to_totals(array_agg(name), array_agg(-1))
        from old_rows o, unnest(total_names(o.status, o.created_at, o.deleted_at)) as name
        having count(*) > 0;
    else
        perform add_to_totals(array_agg(name), array_agg(delta))
        from (
            select name, 1 as delta
            from new_rows n, unnest(total_names(n.status, n.created_at, n.deleted_at)) as name
            union all
            select name, -1
            from old_rows o, unnest(total_names(o.status, o.created_at, o.deleted_at)) as name
            union all
            -- Deleted or restored: the user's roles stay, but stop or start to count.
            select 'role:' || ur.role_id, case when n.deleted_at is null then 1 else -1 end
            from new_rows n
            join old_rows o on o.id = n.id and (o.deleted_at is null) <> (n.deleted_at is null)
            join user_roles ur on ur.user_id = n.id
        ) as moves
        having count(*) > 0;
    end if;
    return null;
end $$;

create trigger total_inserted after insert on users
referencing new table as new_rows for each statement execute function total_users();
create trigger total_deleted after delete on users
referencing old table as old_rows for each statement execute function total_users();
create trigger total_updated after update on users
referencing old table as old_rows new table as new_rows for each statement execute function total_users();

-- Stores the ids of the roles of users, the most powerful first.
create function store_user_roles(owners uuid[]) returns void language plpgsql as $$
begin
    -- No role gets another rank or name until the order is stored. Locked before the users, as by a change of a role.
    perform 1 from roles
    where id in (select role_id from user_roles where user_id = any(owners)) order by id for key share;
    perform 1 from user_stats where user_id = any(owners) order by user_id for no key update;
    update user_stats s set role_ids = held.role_ids
    from (
        select owner, array(
            select ur.role_id from user_roles ur join roles r on r.id = ur.role_id
            where ur.user_id = owner order by r.rank, r.name
        ) as role_ids
        from unnest(owners) as owner
    ) as held
    where s.user_id = held.owner and s.role_ids <> held.role_ids;
end $$;

create function count_role_assigned() returns trigger language plpgsql as $$
begin
    perform store_user_roles(array_agg(distinct user_id)) from new_rows having count(*) > 0;
    perform add_to_totals(array_agg('role:' || n.role_id), array_agg(1))
    from new_rows n
    join users u on u.id = n.user_id and u.deleted_at is null
    having count(*) > 0;
    return null;
end $$;

create function count_role_revoked() returns trigger language plpgsql as $$
begin
    perform store_user_roles(array_agg(distinct user_id)) from old_rows having count(*) > 0;
    perform add_to_totals(array_agg('role:' || o.role_id), array_agg(-1))
    from old_rows o
    join users u on u.id = o.user_id and u.deleted_at is null
    having count(*) > 0;
    return null;
end $$;

create trigger count_role_assigned after insert on user_roles
referencing new table as new_rows for each statement execute function count_role_assigned();
create trigger count_role_revoked after delete on user_roles
referencing old table as old_rows for each statement execute function count_role_revoked();

-- A new rank or name of a role can change the order of the ids of users who have others beside it. Only the rows of these users are
-- locked.
create function sort_user_roles() returns trigger language plpgsql as $$
begin
    perform store_user_roles(array_agg(s.user_id))
    from user_stats s
    where cardinality(s.role_ids) > 1 and s.role_ids && (
        select array_agg(n.id) from new_rows n join old_rows o on o.id = n.id
        where (n.rank, n.name) <> (o.rank, o.name)
    )
    and s.role_ids <> array(select r.id from roles r where r.id = any(s.role_ids) order by r.rank, r.name)
    having count(*) > 0;
    return null;
end $$;

create trigger sort_user_roles after update on roles
referencing old table as old_rows new table as new_rows for each statement execute function sort_user_roles();

-- The expected rows of user_stats: the oracle of `rollcall doctor`, and the quick way to fill it after a bulk load.
create view user_stats_recount as
select
    u.id as user_id,
    coalesce(p.n, 0) as personas,
    coalesce(o.n, 0) as ontologies,
    coalesce(a.n, 0) as annotations,
    coalesce(k.n, 0) as api_keys,
    coalesce(s.n, 0) as sessions,
    coalesce(r.role_ids, '{}') as role_ids,
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
    select ur.user_id, array_agg(r.id order by r.rank, r.name) as role_ids
    from user_roles ur join roles r on r.id = ur.role_id group by ur.user_id
) r on r.user_id = u.id;

-- The expected sums of user_totals: the oracle of `rollcall doctor`, and the quick way to fill it after a bulk load.
create view user_totals_recount as
select name, count(*) as value
from users u, unnest(total_names(u.status, u.created_at, u.deleted_at)) as name
group by name
union all
select 'role:' || ur.role_id, count(*)
from user_roles ur
join users u on u.id = ur.user_id and u.deleted_at is null
group by ur.role_id
union all
select 'sessions', count(*)
from sessions where ended_at is null and user_id is not null
having count(*) > 0;
