-- What suspending, deleting, restoring and resetting need beside the first tables.
alter table users add column suspended_reason_told boolean not null default false;
comment on column users.suspended_reason_told is 'Whether the person is told the reason when they try to sign in.';
alter table users add constraint users_suspended_reason_length check (char_length(suspended_reason) <= 500);

-- Suspensions that lift themselves.
create index users_suspension_ends on users (suspended_until)
where status = 'suspended' and suspended_until is not null and deleted_at is null;
-- The bin, latest first.
create index users_in_bin on users (deleted_at, id) where deleted_at is not null;

-- One purge for each person, however often it is asked for and on however many replicas.
create unique index jobs_purge_key on jobs ((params ->> 'user_id')) where kind = 'purge';

-- Who could let the others in: at least one of them is always left.
create view able_admins as
select ur.user_id from user_roles ur
join roles r on r.id = ur.role_id and r.name = 'admin'
join users u on u.id = ur.user_id
where u.status = 'active' and u.deleted_at is null and u.password_hash is not null;

-- A transaction that counts several times keeps the shard that it began with, and no other counts there meanwhile. Otherwise
-- two that count the same names in another order could wait for each other.
create or replace function add_to_totals(names text[], deltas bigint[]) returns void language plpgsql as $$
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
