-- What the list of everybody's sessions needs: the device in words, an index for each order and filter, one definition of
-- what is live, a total, and a word to whoever watches.
alter table sessions add column device text;
alter table sessions add constraint sessions_device_length check (char_length(device) <= 100);
comment on column sessions.device is 'The user agent in words. Null until a job has put those of older sessions into words.';

create index sessions_without_device on sessions (id) where device is null;
create index sessions_live_by_start on sessions (created_at, id) where ended_at is null;
create index sessions_live_by_seen on sessions (last_seen_at, id) where ended_at is null;
create index sessions_by_address on sessions (ip, created_at, id);
create index sessions_by_device on sessions (device, created_at, id);
drop index sessions_by_end;
create index sessions_by_end on sessions (ended_at, id) where ended_at is not null;

-- The sessions that can be used. The check of a request reads them here, and so does the list: they cannot disagree.
create view live_sessions as
select
    s.id, s.token_hash, s.data, s.user_id, u.username, u.display_name, u.email, u.created_at as user_created_at,
    u.last_login_at, u.settings ->> 'timeZone' as time_zone, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at, s.expires_at,
    least(s.idle_expires_at, s.expires_at) as ends_at,
    null::timestamptz as ended_at, null::text as ended_reason, null::text as ended_by
from sessions s
join users u on u.id = s.user_id
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now()
    and u.deleted_at is null and u.status = 'active';

-- Those of the last 30 days that were ended, with the columns of a list. Who ended one may be gone.
create view ended_sessions as
select
    s.id, s.user_id, u.username, u.display_name, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at,
    least(s.idle_expires_at, s.expires_at) as ends_at, s.ended_at, s.ended_reason, e.username as ended_by
from sessions s
join users u on u.id = s.user_id
left join users e on e.id = s.ended_by
where s.ended_at > now() - interval '30 days';

-- As before, and the total of all sessions that have not ended.
create or replace function count_live_sessions() returns trigger language plpgsql as $$
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

create or replace view user_totals_recount as
select name, count(*) as value
from users u, unnest(total_names(u.status, u.created_at, u.deleted_at)) as name
group by name
union all
select 'role:' || r.name, count(*)
from user_roles ur
join users u on u.id = ur.user_id and u.deleted_at is null
join roles r on r.id = ur.role_id
group by r.name
union all
select 'sessions', count(*)
from sessions where ended_at is null and user_id is not null
having count(*) > 0;

insert into user_totals (name, shard, value)
select name, 0, value from user_totals_recount where name = 'sessions';

-- Tells whoever watches the sessions which ones began or ended: once for each statement, when it is committed. More than
-- fit a message are only said to be many.
create function tell_sessions() returns trigger language plpgsql as $$
declare
    most constant int := 100;
    changed uuid[];
begin
    if tg_op = 'INSERT' then
        select array_agg(id) into changed
        from (select id from new_rows where ended_at is null limit most + 1) as begun;
    else
        select array_agg(id) into changed
        from (
            select n.id from new_rows n join old_rows o on o.id = n.id
            where o.ended_at is null and n.ended_at is not null
            limit most + 1
        ) as ended;
    end if;
    if changed is not null then
        perform pg_notify(
            'rollcall_sessions',
            case when cardinality(changed) > most then 'many' else array_to_string(changed, ' ') end
        );
    end if;
    return null;
end $$;

create trigger tell_begun after insert on sessions
referencing new table as new_rows for each statement execute function tell_sessions();
create trigger tell_ended after update on sessions
referencing old table as old_rows new table as new_rows for each statement execute function tell_sessions();

-- Whoever watches may have lost the right to.
create function tell_roles_taken() returns trigger language plpgsql as $$
begin
    perform pg_notify('rollcall_sessions', 'rights');
    return null;
end $$;

create trigger tell_roles_taken after delete on user_roles
for each statement execute function tell_roles_taken();
