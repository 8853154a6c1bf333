-- Groups of users: features that their members have in the host application, and the subjects of grants.
create table groups (
    id uuid not null,
    name text not null,
    description text not null default '',
    features jsonb not null default '{}',
    data jsonb not null default '{}',
    meta jsonb not null default '{}',
    external_id text,
    created_by uuid,
    version int not null default 1,
    search text not null generated always as (search_fold(name)) stored,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint groups_pkey primary key (id),
    constraint groups_external_id_key unique (external_id),
    constraint groups_external_id_length check (char_length(external_id) between 1 and 200),
    constraint groups_name_length check (char_length(name) between 1 and 200),
    constraint groups_description_length check (char_length(description) <= 2000),
    constraint groups_features_object check (jsonb_typeof(features) = 'object'),
    constraint groups_data_object check (jsonb_typeof(data) = 'object'),
    constraint groups_meta_object check (jsonb_typeof(meta) = 'object')
);

comment on column groups.features is 'Keys of features with the value true: a group adds features and removes none.';
comment on column groups.external_id is 'The id of the group in another system.';
comment on column groups.created_by is 'A plain id: the creator stays known after that account is purged.';
create unique index groups_name_key on groups (name_key(name));
create index groups_by_name on groups (name collate "und-x-icu", id);
create index groups_having_feature on groups using gin (features);

create table group_members (
    group_id uuid not null,
    user_id uuid not null,
    is_manager boolean not null default false,
    added_by uuid,
    added_at timestamptz not null,
    constraint group_members_pkey primary key (group_id, user_id),
    constraint group_members_group_id_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint group_members_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index group_members_by_user on group_members (user_id, group_id);
create index group_members_managing on group_members (group_id, user_id) where is_manager;

-- Numbers of members that are not deleted. A total is the sum of its shards, as in user_totals: a request that adds many members
-- blocks no other change of the group.
create table group_totals (
    group_id uuid not null,
    shard smallint not null,
    members bigint not null,
    created_at timestamptz not null default now(),
    constraint group_totals_pkey primary key (group_id, shard),
    constraint group_totals_group_id_fkey foreign key (group_id) references groups (id) on delete cascade
);

create function add_to_group_totals(ids uuid[], deltas bigint[]) returns void language plpgsql as $$
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
    -- A group that is being deleted is not found, and has no total.
    insert into group_totals as t (group_id, shard, members)
    select g.id, mine, sum(d.delta)
    from unnest(ids, deltas) as d (id, delta)
    join groups g on g.id = d.id
    group by g.id having sum(d.delta) <> 0
    order by g.id
    on conflict (group_id, shard) do update set members = t.members + excluded.members;
end $$;

create function count_members_added() returns trigger language plpgsql as $$
begin
    perform add_to_group_totals(array_agg(n.group_id), array_agg(1))
    from new_rows n
    join users u on u.id = n.user_id and u.deleted_at is null
    having count(*) > 0;
    return null;
end $$;

create function count_members_removed() returns trigger language plpgsql as $$
begin
    perform add_to_group_totals(array_agg(o.group_id), array_agg(-1))
    from old_rows o
    join users u on u.id = o.user_id and u.deleted_at is null
    having count(*) > 0;
    return null;
end $$;

create trigger count_members_added after insert on group_members
referencing new table as new_rows for each statement execute function count_members_added();
create trigger count_members_removed after delete on group_members
referencing old table as old_rows for each statement execute function count_members_removed();

create function deny_member_change() returns trigger language plpgsql as $$
begin
    raise exception 'a member is inserted or deleted, not updated' using errcode = 'check_violation';
end $$;

create trigger deny_member_change before update of group_id, user_id on group_members
for each row execute function deny_member_change();

-- A user was deleted or restored: the memberships stay, but stop or start to count.
create function count_deleted_members() returns trigger language plpgsql as $$
begin
    perform add_to_group_totals(
        array_agg(m.group_id), array_agg(case when n.deleted_at is null then 1 else -1 end)
    )
    from new_rows n
    join old_rows o on o.id = n.id and (o.deleted_at is null) <> (n.deleted_at is null)
    join group_members m on m.user_id = n.id
    having count(*) > 0;
    return null;
end $$;

create trigger count_deleted_members after update on users
referencing old table as old_rows new table as new_rows for each statement execute function count_deleted_members();

-- The expected sums of group_totals, for `rollcall doctor`.
create view group_totals_recount as
select m.group_id, count(*) as members
from group_members m
join users u on u.id = m.user_id and u.deleted_at is null
group by m.group_id;
