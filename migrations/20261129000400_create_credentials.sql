-- Provider API keys, access tokens, one-time links. Of a credential only a hash is stored; provider keys are encrypted, because
-- providers must get them as they are.
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
    constraint api_keys_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint api_keys_provider_length check (char_length(provider) between 1 and 40),
    constraint api_keys_name_length check (char_length(name) between 1 and 100),
    constraint api_keys_last4_length check (char_length(last4) <= 4)
);

comment on column api_keys.user_id is 'Null: a system key, for all users who have no key of their own.';
comment on column api_keys.key_version is
    'The encryption key: the beginning of its hash, so that each row finds its own.';
create unique index api_keys_provider_key on api_keys (user_id, provider) where user_id is not null;
create index api_keys_by_version on api_keys (key_version, id);
-- The system keys of a provider, and the users who do not need them.
create index api_keys_of_system on api_keys (provider, created_at, id) where user_id is null;
create index api_keys_of_users on api_keys (provider, user_id) where user_id is not null and is_active;

-- By a token a program acts for a user, on the API only.
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
    constraint access_tokens_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint access_tokens_name_length check (char_length(name) between 1 and 100),
    constraint access_tokens_prefix_length check (char_length(prefix) <= 20)
);

comment on column access_tokens.prefix is 'The beginning of the token, by which users recognise it.';
comment on column access_tokens.scopes is 'The most that the token can do; it cannot do what its owner cannot.';
create index access_tokens_by_user on access_tokens (user_id, id);
-- Expired and revoked ones, for the list and for the job that removes them.
create index access_tokens_by_expiry on access_tokens (expires_at, id) where revoked_at is null;
create index access_tokens_by_revocation on access_tokens (revoked_at, id) where revoked_at is not null;

-- The tokens that can be used. A user who has to choose a password first cannot act by a token either.
create view live_tokens as
select
    t.id, t.token_hash, t.user_id, t.name, t.prefix, t.scopes, p.username, p.display_name, p.email,
    p.created_at as user_created_at, p.last_login_at, p.time_zone
from access_tokens t
join active_users p on p.id = t.user_id
where t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and not p.must_change_password;

-- All tokens, with the columns of a list. The user who revoked one may be purged.
create view listed_tokens as
select
    t.id, t.user_id, u.username, u.display_name, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at,
    t.last_used_ip, t.revoked_at, r.username as revoked_by,
    case
        when t.revoked_at is not null then 'revoked'
        when t.expires_at <= now() then 'expired'
        when p.id is null or p.must_change_password then 'blocked'
        when t.expires_at <= now() + interval '7 days' then 'expiring'
        else 'live'
    end as state
from access_tokens t
join users u on u.id = t.user_id
left join active_users p on p.id = t.user_id
left join users r on r.id = t.revoked_by;

create table one_time_links (
    id uuid not null,
    kind text not null,
    token_hash bytea not null,
    user_id uuid,
    preset jsonb not null default '{}',
    max_uses int not null default 1,
    uses int not null default 0,
    created_by uuid,
    created_with uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz,
    constraint one_time_links_pkey primary key (id),
    constraint one_time_links_token_hash_key unique (token_hash),
    constraint one_time_links_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint one_time_links_kind_known check (kind in ('setup', 'invitation', 'password_reset')),
    constraint one_time_links_uses_within check (uses between 0 and max_uses),
    constraint one_time_links_max_uses_within check (max_uses between 1 and 1000)
);

comment on column one_time_links.uses is 'Counted, because a user who used it may be purged.';
comment on column one_time_links.created_with is
    'The access token with which the link was created, a plain id; null where it was created without one.';
create index one_time_links_by_user on one_time_links (user_id, kind, created_at);
create index one_time_links_invitations on one_time_links (id) where kind = 'invitation';

-- An invitation can be for several users.
create table link_uses (
    link_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    constraint link_uses_pkey primary key (link_id, user_id),
    constraint link_uses_link_id_fkey foreign key (link_id) references one_time_links (id) on delete cascade,
    constraint link_uses_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index link_uses_by_user on link_uses (user_id);
