-- Accounts, roles, and the counters that keep a list of a million users as quick as one of ten.
create extension if not exists pg_trgm;

-- The id of something made at a moment: a UUIDv7, which begins with the milliseconds since 1970.
create function uuid_v7(moment timestamptz) returns uuid language sql volatile as $$
    select (
        lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0')
        || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
    )::uuid;
$$;

-- The moment that a UUIDv7 was made for, to the millisecond.
create function uuid_v7_time(id uuid) returns timestamptz language sql immutable as $$
    select timestamptz 'epoch'
        + make_interval(secs => ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0);
$$;

create table users (
    id uuid not null,
    number bigint generated always as identity,
    username text not null,
    display_name text not null,
    email text,
    password_hash text,
    status text not null default 'active',
    suspended_reason text,
    suspended_until timestamptz,
    suspended_by uuid,
    must_change_password boolean not null default false,
    password_changed_at timestamptz,
    last_login_at timestamptz,
    last_active_at timestamptz,
    created_by uuid,
    created_via text not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    deleted_by uuid,
    purge_after timestamptz,
    profile jsonb not null default '{}',
    settings jsonb not null default '{}',
    notification_preferences jsonb not null default '{}',
    client_list int[] not null default '{}',
    -- The leading space makes the first word begin like every other one, so that `% ab%` finds beginnings of words.
    search text not null generated always as (
        lower(' ' || username || ' ' || display_name || ' ' || coalesce(email, ''))
    ) stored,
    constraint users_pkey primary key (id),
    constraint users_number_key unique (number),
    constraint users_username_length check (char_length(username) between 3 and 50),
    constraint users_display_name_length check (char_length(display_name) between 1 and 100),
    constraint users_email_length check (char_length(email) between 3 and 254),
    constraint users_status_known check (status in ('pending', 'active', 'suspended')),
    constraint users_created_via_known check (
        created_via in ('admin', 'registration', 'invitation', 'cli', 'import', 'setup')
    ),
    -- Lists are in the order of ids and show when accounts were made: the two may not contradict each other.
    constraint users_id_tells_creation check (uuid_v7_time(id) = date_trunc('milliseconds', created_at, 'UTC')),
    constraint users_purge_only_deleted check (purge_after is null or deleted_at is not null)
);

comment on column users.created_by is
    'A plain id, as are suspended_by and deleted_by: who did it is on record even after that account is purged.';

-- Deleted users keep their username and email, so that a restore cannot meet a namesake.
create unique index users_username_key on users (lower(username));
create unique index users_email_key on users (lower(email)) where email is not null;

-- One index for each order of the list. Each ends in id, so that every page is a keyset page. The order of creation is
-- the order of ids.
create index users_live on users (id) where deleted_at is null;
create index users_by_username on users (lower(username), id) where deleted_at is null;
create index users_by_name on users (lower(display_name), id) where deleted_at is null;
create index users_by_email on users (coalesce(lower(email), ''), id) where deleted_at is null;
create index users_by_status on users (status, id) where deleted_at is null;
create index users_by_last_login on users (coalesce(last_login_at, '-infinity'), id) where deleted_at is null;
create index users_by_last_active on users (coalesce(last_active_at, '-infinity'), id) where deleted_at is null;
create index users_created on users (created_at) where deleted_at is null;
create index users_search on users using gin (search gin_trgm_ops)
with (fastupdate = off) where deleted_at is null;
create index users_to_purge on users (purge_after) where deleted_at is not null;
-- Without a fine histogram the planner cannot tell a search with many hits from one with few.
alter table users alter column search set statistics 1000;

create table roles (
    id uuid not null,
    name text not null,
    permissions text[] not null default '{}',
    builtin boolean not null default false,
    rank smallint not null default 50,
    created_at timestamptz not null default now(),
    constraint roles_pkey primary key (id),
    constraint roles_name_length check (char_length(name) between 1 and 50),
    -- Stored in lower case, so that a search finds them by their names alone.
    constraint roles_name_lower check (name = lower(name))
);

comment on column roles.rank is 'Order in which the roles of one person are shown: the most powerful first.';
create unique index roles_name_key on roles (name);

insert into roles (id, name, permissions, builtin, rank)
values
    ('00000000-0000-7000-8000-000000000001', 'admin', '{*}', true, 0),
    ('00000000-0000-7000-8000-000000000002', 'auditor', '{*:read}', true, 10),
    ('00000000-0000-7000-8000-000000000003', 'user', '{}', true, 100);

create table user_roles (
    user_id uuid not null,
    role_id uuid not null,
    granted_by uuid,
    granted_at timestamptz not null,
    constraint user_roles_pkey primary key (user_id, role_id),
    constraint user_roles_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint user_roles_role_id_fkey foreign key (role_id) references roles (id)
);

create index user_roles_by_role on user_roles (role_id, user_id);

create table user_stats (
    user_id uuid not null,
    personas int not null default 0,
    ontologies int not null default 0,
    annotations int not null default 0,
    api_keys int not null default 0,
    sessions int not null default 0,
    -- Names, most powerful first: what the list shows and sorts by. `user_roles` is the truth.
    roles text[] not null default '{}',
    -- Whether the user is in the bin: a search by counters need not look at `users` to leave them out.
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
create index user_stats_by_roles on user_stats (roles, user_id) where not deleted;
-- Without a pending list: a search must not read through what a sign-in has left there.
create index user_stats_holding_role on user_stats using gin (roles)
with (fastupdate = off) where not deleted;

-- A total is the sum of its shards. A writer adds to the shard of its connection, so that writers rarely wait for each other.
create table user_totals (
    name text not null,
    shard smallint not null,
    value bigint not null,
    created_at timestamptz not null default now(),
    constraint user_totals_pkey primary key (name, shard)
);
