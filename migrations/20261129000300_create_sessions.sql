-- Sessions, the attempts to begin one, and the messages that one shows. Of a credential only a hash is stored.
create table sessions (
    id uuid not null,
    token_hash bytea not null,
    user_id uuid,
    data jsonb not null default '{}',
    ip inet,
    user_agent text,
    device text,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_reason text,
    ended_by uuid,
    constraint sessions_pkey primary key (id),
    constraint sessions_token_hash_key unique (token_hash),
    constraint sessions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint sessions_user_agent_length check (char_length(user_agent) <= 512),
    constraint sessions_device_length check (char_length(device) <= 100),
    constraint sessions_ended_reason_known check (
        ended_reason in ('logout', 'expired', 'revoked', 'password_reset', 'suspended', 'deleted', 'replaced')
    ),
    constraint sessions_ended_with_reason check ((ended_at is null) = (ended_reason is null))
);

comment on column sessions.device is 'The user agent in words. Null until a job has described that of an older session.';

create index sessions_by_user on sessions (user_id, created_at);
create index sessions_by_expiry on sessions (least(idle_expires_at, expires_at)) where ended_at is null;
create index sessions_by_end on sessions (ended_at, id) where ended_at is not null;
create index sessions_without_device on sessions (id) where device is null;
-- An index for each order and filter of the list of all sessions.
create index sessions_live_by_start on sessions (created_at, id) where ended_at is null;
create index sessions_live_by_seen on sessions (last_seen_at, id) where ended_at is null;
create index sessions_by_address on sessions (ip, created_at, id);
create index sessions_by_device on sessions (device, created_at, id);
-- Active sessions of a device are counted without the ended ones, which are more.
create index sessions_live_by_device on sessions (device, created_at, id) where ended_at is null;

-- The sessions that can be used. The check of a request reads them here, and so does the list: they cannot disagree.
create view live_sessions as
select
    s.id, s.token_hash, s.data, s.user_id, p.username, p.display_name, p.email, p.created_at as user_created_at,
    p.last_login_at, p.time_zone, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at, s.expires_at,
    least(s.idle_expires_at, s.expires_at) as ends_at,
    null::timestamptz as ended_at, null::text as ended_reason, null::text as ended_by
from sessions s
join active_users p on p.id = s.user_id
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now();

-- The sessions that ended in the last 30 days, with the columns of a list. The user who ended one may be purged.
create view ended_sessions as
select
    s.id, s.user_id, u.username, u.display_name, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at,
    least(s.idle_expires_at, s.expires_at) as ends_at, s.ended_at, s.ended_reason, e.username as ended_by, s.expires_at
from sessions s
join users u on u.id = s.user_id
left join users e on e.id = s.ended_by
where s.ended_at > now() - interval '30 days';

-- Notifies the open lists of sessions of the ids that began or ended: once for each statement, when it is committed. More than
-- fit a message are only said to be many.
create function notify_sessions_changed() returns trigger language plpgsql as $$
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

create trigger notify_session_started after insert on sessions
referencing new table as new_rows for each statement execute function notify_sessions_changed();
create trigger notify_session_ended after update on sessions
referencing old table as old_rows new table as new_rows for each statement execute function notify_sessions_changed();

-- The user of an open list may have lost the permission to read it.
create function notify_role_revoked() returns trigger language plpgsql as $$
begin
    perform pg_notify('rollcall_sessions', 'rights');
    return null;
end $$;

create trigger notify_role_revoked after delete on user_roles
for each statement execute function notify_role_revoked();

-- Messages that the page after a change shows once. The server writes and reads them; nothing of them is in an address.
create table flashes (
    id uuid not null,
    session_id uuid not null,
    path text not null,
    message jsonb not null,
    undo jsonb,
    created_at timestamptz not null,
    shown_at timestamptz,
    expires_at timestamptz not null,
    constraint flashes_pkey primary key (id),
    constraint flashes_session_id_fkey foreign key (session_id) references sessions (id) on delete cascade,
    constraint flashes_path_length check (char_length(path) <= 500)
);

comment on column flashes.path is 'The page that shows it: another tab, on another page, does not take it away.';
comment on column flashes.undo is 'The form that undoes the change. It never leaves the server.';
create index flashes_by_session on flashes (session_id, path);
create index flashes_by_end on flashes (expires_at);

-- Attempts are counted where they slow down no one else: unknown browsers apart from known ones, sessions apart
-- from both, an IP address for each account by itself. A row ages out: no user is locked out permanently.
create table login_attempts (
    scope text not null,
    subject bytea not null,
    failures int not null,
    pending int not null default 0,
    last_failed_at timestamptz not null,
    blocked_until timestamptz not null,
    created_at timestamptz not null,
    constraint login_attempts_pkey primary key (scope, subject),
    constraint login_attempts_scope_known check (
        scope in (
            'account', 'account_address', 'address', 'device', 'session', 'link', 'name', 'invitation', 'registration'
        )
    )
);

comment on column login_attempts.subject is 'SHA-256 of the counted value: a mistyped password lands in no table.';
comment on column login_attempts.pending is
    'Attempts that are counted and not decided yet. Each second removes some, so that none stays.';
create index login_attempts_by_age on login_attempts (last_failed_at);

-- Returns how many of the attempts that were undecided at a time still are: five a second expire by themselves, those whose client
-- has left or whose server was killed.
create function undecided(pending int, since timestamptz) returns int language sql stable as $$
    select greatest(0, pending - least(greatest(floor(extract(epoch from now() - since) * 5), 0), 1000000)::int);
$$;

-- Browsers that have signed in to an account, by the hash of their device cookie.
create table known_devices (
    token_hash bytea not null,
    user_id uuid not null,
    created_at timestamptz not null,
    used_at timestamptz not null,
    constraint known_devices_pkey primary key (token_hash, user_id),
    constraint known_devices_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index known_devices_by_user on known_devices (user_id);
create index known_devices_by_age on known_devices (used_at);

-- Failed sign-ins, for those who look after sessions. One row for each account, network, reason and hour, so that an attack
-- writes few. A username that no account has is not here: users type passwords into that field.
create table failed_sign_ins (
    id bigint generated always as identity,
    hour timestamptz not null,
    user_id uuid,
    network inet,
    reason text not null,
    address inet,
    tries int not null,
    last_at timestamptz not null,
    constraint failed_sign_ins_pkey primary key (id),
    constraint failed_sign_ins_key unique nulls not distinct (hour, user_id, network, reason),
    constraint failed_sign_ins_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint failed_sign_ins_reason_known check (
        reason in ('wrong_password', 'unknown_username', 'throttled', 'suspended', 'pending')
    ),
    constraint failed_sign_ins_tries_positive check (tries > 0)
);

comment on column failed_sign_ins.user_id is 'Null: no account has the username.';
comment on column failed_sign_ins.network is 'The address, or the /64 of an IPv6 address. Null: not known, or one of very many.';
comment on column failed_sign_ins.address is 'The address of the last try in the row.';
create index failed_sign_ins_by_user on failed_sign_ins (user_id);
create index failed_sign_ins_by_age on failed_sign_ins (last_at);
