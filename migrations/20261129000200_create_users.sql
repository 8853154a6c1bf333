-- Users, their roles, and the text by which a search finds them.
create table users (
    id uuid not null,
    number bigint generated always as identity,
    username text not null,
    username_skeleton text,
    display_name text not null,
    email text,
    unverified_email text,
    unverified_email_resolved_at timestamptz,
    password_hash text,
    must_change_password boolean not null default false,
    password_changed_at timestamptz,
    password_set_by uuid,
    password_set_with uuid,
    known_password_hashes text[] not null default '{}',
    status text not null default 'active',
    suspended_reason text,
    suspended_reason_visible boolean not null default false,
    suspended_until timestamptz,
    suspended_by uuid,
    registered_from inet,
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
    constraint users_pkey primary key (id),
    constraint users_number_key unique (number),
    constraint users_username_length check (char_length(username) between 3 and 50),
    constraint users_display_name_length check (char_length(display_name) between 1 and 100),
    constraint users_email_length check (char_length(email) between 3 and 254),
    constraint users_unverified_email_length check (char_length(unverified_email) between 3 and 254),
    constraint users_status_known check (status in ('pending', 'active', 'suspended')),
    constraint users_suspended_reason_length check (char_length(suspended_reason) <= 500),
    constraint users_created_via_known check (
        created_via in ('admin', 'registration', 'invitation', 'cli', 'import', 'setup')
    ),
    -- Lists are in the order of ids and show when accounts were created: the two cannot contradict each other.
    constraint users_id_tells_creation check (uuid_v7_time(id) = date_trunc('milliseconds', created_at, 'UTC')),
    constraint users_purge_only_deleted check (purge_after is null or deleted_at is not null)
);

comment on column users.username_skeleton is 'The skeleton by Unicode UTS 39 of a username outside of ASCII.';
-- A user never learns that another account has an email address: a typed one is stored apart, and becomes that of the account
-- later, if no other account has it.
comment on column users.unverified_email is
    'The email address that the user entered for themselves, until it is the address of the account.';
comment on column users.unverified_email_resolved_at is
    'When another account was found to have the unverified address; null while it is not compared yet.';
-- A credential that works later is worth what its creator can do at that time, and nothing once the creator's token is over. A
-- password that another user has chosen is never stored as the user's own.
comment on column users.password_set_by is
    'Who set the temporary password, a plain id; null where the operator did, or where the password is the user''s own.';
comment on column users.password_set_with is
    'The access token with which the temporary password was set, a plain id; null where it was set without one.';
comment on column users.known_password_hashes is
    'Hashes of the latest passwords that another user has set: the user cannot choose one of them.';
comment on column users.suspended_reason_visible is 'Whether a sign-in shows the reason to the user.';
comment on column users.registered_from is 'The address of a pending registration; null once it is approved.';
comment on column users.created_by is
    'A plain id, as are suspended_by and deleted_by: the actor stays known after that account is purged.';

-- Deleted users keep their username and email, so that a restore cannot meet a namesake.
create unique index users_username_key on users (name_key(username));
create unique index users_email_key on users (name_key(email)) where email is not null;
create index users_by_skeleton on users (coalesce(username_skeleton, skeleton_of(username)));

-- One index for each order of the list, names in that of a reader: letters before accents, accents before case. Each ends in id,
-- so that every page is a keyset page. The order of creation is the order of ids.
create index users_live on users (id) where deleted_at is null;
create index users_by_username on users (username collate "und-x-icu", id) where deleted_at is null;
create index users_by_name on users (display_name collate "und-x-icu", id) where deleted_at is null;
create index users_by_email on users (coalesce(email, '') collate "und-x-icu", id) where deleted_at is null;
create index users_by_status on users (status, id) where deleted_at is null;
create index users_by_last_login on users (coalesce(last_login_at, '-infinity'), id) where deleted_at is null;
create index users_by_last_active on users (coalesce(last_active_at, '-infinity'), id) where deleted_at is null;
create index users_created on users (created_at) where deleted_at is null;
-- Deleted users, latest first.
create index users_deleted on users (deleted_at, id) where deleted_at is not null;
create index users_to_purge on users (purge_after) where deleted_at is not null;
-- Suspensions that lift themselves.
create index users_suspension_ends on users (suspended_until)
where status = 'suspended' and suspended_until is not null and deleted_at is null;
create index users_unverified_emails on users (id)
where unverified_email is not null and unverified_email_resolved_at is null and status = 'active';

-- A user is deleted before they are purged, never at one stroke. It also keeps the role totals right: when a user is purged,
-- their roles no longer count.
create function deny_purge_of_live_user() returns trigger language plpgsql as $$
begin
    raise exception 'user % is not deleted', old.id using errcode = 'check_violation',
        constraint = 'users_purged_only_when_deleted';
end $$;

create trigger deny_purge_of_live_user before delete on users
for each row when (old.deleted_at is null) execute function deny_purge_of_live_user();

-- The search text, apart from users: a sign-in changes an indexed column there, and with it every index of the row.
create table user_search (
    user_id uuid not null,
    deleted boolean not null,
    search text not null,
    grams tsvector not null generated always as (search_grams(search)) stored,
    created_at timestamptz not null default now(),
    constraint user_search_pkey primary key (user_id),
    constraint user_search_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

comment on column user_search.search is 'The result of search_text.';
comment on column user_search.deleted is 'Whether the user is deleted: the index does not find them.';
-- So that the planner knows which words have many hits.
alter table user_search alter column grams set statistics 1000;

-- Without a pending list: a search must not read through the entries that a sign-in has left there.
create index user_search_grams on user_search using gin (grams) with (fastupdate = off) where not deleted;

create function add_user_search() returns trigger language plpgsql as $$
begin
    insert into user_search (user_id, deleted, search, created_at)
    select id, deleted_at is not null, search_text(username, display_name, email), created_at from new_rows;
    return null;
end $$;

create trigger add_search after insert on users
referencing new table as new_rows for each statement execute function add_user_search();

create function set_user_search() returns trigger language plpgsql as $$
begin
    update user_search
    set deleted = new.deleted_at is not null, search = search_text(new.username, new.display_name, new.email)
    where user_id = new.id;
    return null;
end $$;

-- For each row, because only such a trigger can be for some columns: a sign-in does not run it.
create trigger set_search after update of username, display_name, email, deleted_at on users
for each row when (
    (old.username, old.display_name, old.email, old.deleted_at is null)
    is distinct from (new.username, new.display_name, new.email, new.deleted_at is null)
)
execute function set_user_search();

create table roles (
    id uuid not null,
    name text not null,
    permissions text[] not null default '{}',
    rank smallint not null default 50,
    builtin_kind text,
    created_at timestamptz not null default now(),
    constraint roles_pkey primary key (id),
    constraint roles_builtin_kind_key unique (builtin_kind),
    constraint roles_builtin_kind_known check (builtin_kind in ('admin', 'auditor', 'application', 'user')),
    constraint roles_name_length check (char_length(name) between 1 and 50),
    -- Stored in lower case, so that a search finds them by their names alone.
    constraint roles_name_lower check (name = lower(name collate "und-x-icu")),
    -- A search for `role:admin` finds the administrators whatever their role is called: no other role can have this name.
    constraint roles_name_not_of_builtin check (
        name not in ('admin', 'auditor', 'application', 'user') or name is not distinct from builtin_kind
    )
);

comment on column roles.rank is 'Order in which the roles of a user are shown: the most powerful first.';
comment on column roles.builtin_kind is
    'The role that Rollcall itself refers to, whatever its name; null for a role of the operator.';
create unique index roles_name_key on roles (name);
-- Unique, so that rank and name are a key of the row: a change of either waits for the transactions that assign the role.
create unique index roles_in_order on roles (rank, name);

-- The ids are in the order of the ranks: the list of users is sorted by the ids of their roles.
insert into roles (id, name, permissions, builtin_kind, rank)
values
    ('00000000-0000-7000-8000-000000000001', 'admin', '{*}', 'admin', 0),
    ('00000000-0000-7000-8000-000000000002', 'auditor', '{*:read}', 'auditor', 10),
    -- For programs that call a provider on behalf of a user.
    ('00000000-0000-7000-8000-000000000003', 'application', '{api-keys:resolve}', 'application', 20),
    ('00000000-0000-7000-8000-000000000004', 'user', '{}', 'user', 100);

create function deny_delete_of_builtin_role() returns trigger language plpgsql as $$
begin
    raise exception 'role % is built in', old.name using errcode = 'check_violation',
        constraint = 'roles_builtin_kind_remains';
end $$;

create trigger deny_delete_of_builtin_role before delete on roles
for each row when (old.builtin_kind is not null) execute function deny_delete_of_builtin_role();

-- A role that loses its kind could be deleted, and with the role of the administrators all of them would be lost. The id is in the
-- names of the totals and in invitations, which no foreign key would change.
create function deny_change_of_builtin_kind() returns trigger language plpgsql as $$
begin
    raise exception 'id and kind of role % cannot be changed', old.name using errcode = 'check_violation',
        constraint = 'roles_builtin_kind_remains';
end $$;

create trigger deny_change_of_builtin_kind before update of id, builtin_kind on roles
for each row when (old.id <> new.id or old.builtin_kind is distinct from new.builtin_kind)
execute function deny_change_of_builtin_kind();

create table user_roles (
    user_id uuid not null,
    role_id uuid not null,
    granted_by uuid,
    granted_at timestamptz not null,
    constraint user_roles_pkey primary key (user_id, role_id),
    constraint user_roles_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint user_roles_role_id_fkey foreign key (role_id) references roles (id) on delete cascade
);

create index user_roles_by_role on user_roles (role_id, user_id);

create function deny_role_change() returns trigger language plpgsql as $$
begin
    raise exception 'a role assignment is inserted or deleted, not updated' using errcode = 'check_violation';
end $$;

create trigger deny_role_change before update of user_id, role_id on user_roles
for each row execute function deny_role_change();

-- The users that can use their account. Sessions and access tokens both ask here: they cannot disagree.
create view active_users as
select
    id, username, display_name, coalesce(unverified_email, email) as email, created_at, last_login_at,
    settings ->> 'timeZone' as time_zone, must_change_password
from users
where deleted_at is null and status = 'active';

-- The administrators, whether or not they can sign in.
create view admins as
select ur.user_id from user_roles ur
join roles r on r.id = ur.role_id
where r.builtin_kind = 'admin';

-- The administrators that can sign in: at least one of them is always left.
create view active_admins as
select a.user_id from admins a
join users u on u.id = a.user_id
where u.status = 'active' and u.deleted_at is null and u.password_hash is not null;
