-- Attempts are counted where they slow down nobody else: strangers apart from browsers that have signed in before, sessions
-- apart from both, an address for each account by itself.
alter table login_attempts drop constraint login_attempts_scope_known;
alter table login_attempts add constraint login_attempts_scope_known check (
    scope in (
        'account', 'account_address', 'address', 'device', 'session', 'link', 'name', 'invitation', 'registration'
    )
);

alter table login_attempts add column pending int not null default 0;
comment on column login_attempts.pending is 'Attempts that are counted and not decided yet. Each second takes some away, so that none stays.';
comment on column login_attempts.subject is 'SHA-256 of what is counted: a mistyped password lands in no table.';

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

-- How many of the attempts that were undecided at a time still are: five a second go by themselves, those whose client has
-- left or whose server was killed.
create function undecided(pending int, since timestamptz) returns int language sql stable as $$
    select greatest(0, pending - least(greatest(floor(extract(epoch from now() - since) * 5), 0), 1000000)::int);
$$;
