-- Keeps user_totals: how many users there are, by status, by role, by day of creation. Users in the bin count only as
-- `deleted`. Names: `users`, `deleted`, `status:<status>`, `role:<name>`, `created:<UTC day>`.
create function add_to_totals(names text[], deltas bigint[]) returns void language sql as $$
    insert into user_totals as t (name, shard, value)
    select d.name, pg_backend_pid() % 32, sum(d.delta)
    from unnest(names, deltas) as d (name, delta)
    group by d.name having sum(d.delta) <> 0
    order by d.name
    on conflict (name, shard) do update set value = t.value + excluded.value;
$$;

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
            -- Into the bin or out of it: the person's roles stay, but stop or start to count.
            select 'role:' || r.name, case when n.deleted_at is null then 1 else -1 end
            from new_rows n
            join old_rows o on o.id = n.id and (o.deleted_at is null) <> (n.deleted_at is null)
            join user_roles ur on ur.user_id = n.id
            join roles r on r.id = ur.role_id
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

-- A user leaves by way of the bin, never at one stroke. It also keeps the role totals right: when a user is purged,
-- their roles have already ceased to count.
create function refuse_delete_of_live_user() returns trigger language plpgsql as $$
begin
    raise exception 'user % is not in the bin', old.id using errcode = 'check_violation',
        constraint = 'users_deleted_by_way_of_the_bin';
end $$;

create trigger by_way_of_the_bin before delete on users
for each row when (old.deleted_at is null) execute function refuse_delete_of_live_user();

create function roles_granted() returns trigger language plpgsql as $$
begin
    perform show_user_roles(array_agg(distinct user_id)) from new_rows having count(*) > 0;
    perform add_to_totals(array_agg('role:' || r.name), array_agg(1))
    from new_rows n
    join users u on u.id = n.user_id and u.deleted_at is null
    join roles r on r.id = n.role_id
    having count(*) > 0;
    return null;
end $$;

create function roles_taken() returns trigger language plpgsql as $$
begin
    perform show_user_roles(array_agg(distinct user_id)) from old_rows having count(*) > 0;
    perform add_to_totals(array_agg('role:' || r.name), array_agg(-1))
    from old_rows o
    join users u on u.id = o.user_id and u.deleted_at is null
    join roles r on r.id = o.role_id
    having count(*) > 0;
    return null;
end $$;

create trigger roles_granted after insert on user_roles
referencing new table as new_rows for each statement execute function roles_granted();
create trigger roles_taken after delete on user_roles
referencing old table as old_rows for each statement execute function roles_taken();

create function refuse_role_change() returns trigger language plpgsql as $$
begin
    raise exception 'a grant is made or taken, not changed' using errcode = 'check_violation';
end $$;

create trigger granted_or_taken before update of user_id, role_id on user_roles
for each row execute function refuse_role_change();

-- What user_totals should sum up to: the oracle of `rollcall doctor`, and the quick way to fill it after a bulk load.
create view user_totals_recount as
select name, count(*) as value
from users u, unnest(total_names(u.status, u.created_at, u.deleted_at)) as name
group by name
union all
select 'role:' || r.name, count(*)
from user_roles ur
join users u on u.id = ur.user_id and u.deleted_at is null
join roles r on r.id = ur.role_id
group by r.name;
