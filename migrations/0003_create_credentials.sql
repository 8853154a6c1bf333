-- Sessions, keys, tokens, one-time links. Of everything that opens a door only a hash is kept,
-- but for provider keys, which are encrypted because they must be handed on.
create table sessions (
    id uuid not null,
    token_hash bytea not null,
    user_id uuid,
    data jsonb not null default '{}',
    ip inet,
    user_agent text,
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
    constraint sessions_ended_reason_known check (
        ended_reason in ('logout', 'expired', 'revoked', 'password_reset', 'suspended', 'deleted', 'replaced')
    ),
    constraint sessions_ended_with_reason check ((ended_at is null) = (ended_reason is null))
);

create index sessions_by_user on sessions (user_id, created_at);
create index sessions_by_expiry on sessions (least(idle_expires_at, expires_at)) where ended_at is null;
create index sessions_by_end on sessions (ended_at) where ended_at is not null;

create table api_keys (
    id uuid not null,
    user_id uuid,
    provider text not null,
    name text not null,
    ciphertext bytea not null,
    nonce bytea not null,
    key_version int not null,
    last4 text not null,
    is_active boolean not null default true,
    usage_count bigint not null default 0,
    last_used_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint api_keys_pkey primary key (id),
    constraint api_keys_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

comment on column api_keys.user_id is 'Null: a system key, which serves everyone who has none of their own.';
create unique index api_keys_provider_key on api_keys (user_id, provider) where user_id is not null;
create index api_keys_by_version on api_keys (key_version, id);

create table access_tokens (
    id uuid not null,
    user_id uuid not null,
    name text not null,
    prefix text not null,
    token_hash bytea not null,
    scopes text[] not null default '{}',
    expires_at timestamptz,
    last_used_at timestamptz,
    last_used_ip inet,
    revoked_at timestamptz,
    revoked_by uuid,
    created_at timestamptz not null,
    constraint access_tokens_pkey primary key (id),
    constraint access_tokens_token_hash_key unique (token_hash),
    constraint access_tokens_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index access_tokens_by_user on access_tokens (user_id, id);

create table one_time_links (
    id uuid not null,
    kind text not null,
    token_hash bytea not null,
    user_id uuid,
    preset jsonb not null default '{}',
    created_by uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz,
    constraint one_time_links_pkey primary key (id),
    constraint one_time_links_token_hash_key unique (token_hash),
    constraint one_time_links_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint one_time_links_kind_known check (kind in ('setup', 'invitation', 'password_reset'))
);

create index one_time_links_by_user on one_time_links (user_id, kind, created_at);

-- Failures per account and per address since the last success. A row ages out: nobody is locked out for good.
create table login_attempts (
    scope text not null,
    subject bytea not null,
    failures int not null,
    last_failed_at timestamptz not null,
    blocked_until timestamptz not null,
    created_at timestamptz not null,
    constraint login_attempts_pkey primary key (scope, subject),
    constraint login_attempts_scope_known check (scope in ('account', 'address'))
);

comment on column login_attempts.subject is 'SHA-256 of the name or address as typed: a mistyped password lands in no table.';
create index login_attempts_by_age on login_attempts (last_failed_at);
