-- People who make their own accounts: by registering, or by an invitation.

-- Whoever makes their own account is never told that somebody else has the address that they type. It is kept apart as
-- what they say, and becomes the address of the account later, if nobody else has it.
alter table users add column claimed_email text;
alter table users add column claim_settled_at timestamptz;
alter table users add constraint users_claimed_email_length check (char_length(claimed_email) between 3 and 254);
comment on column users.claimed_email is
    'The address that the person gave for themselves, as long as it is not the address of the account.';
comment on column users.claim_settled_at is
    'When it was found that somebody else has the claimed address: until then it is yet to be looked at.';
create index users_claims_to_settle on users (id)
where claimed_email is not null and claim_settled_at is null and status = 'active';

alter table users add column registered_from inet;
comment on column users.registered_from is 'Whence somebody who waits to be let in has come; forgotten when that is decided.';

-- An invitation may be for several people.
alter table one_time_links add column max_uses int not null default 1;
alter table one_time_links add column uses int not null default 0;
alter table one_time_links add constraint one_time_links_uses_within check (uses between 0 and max_uses);
alter table one_time_links add constraint one_time_links_max_uses_within check (max_uses between 1 and 1000);
comment on column one_time_links.uses is 'Counted, because whoever used it may be removed for good.';
create index one_time_links_invitations on one_time_links (id) where kind = 'invitation';

create table link_uses (
    link_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    constraint link_uses_pkey primary key (link_id, user_id),
    constraint link_uses_link_id_fkey foreign key (link_id) references one_time_links (id) on delete cascade,
    constraint link_uses_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index link_uses_by_user on link_uses (user_id);

-- Accounts that are made over and over from one address have to wait.
alter table login_attempts drop constraint login_attempts_scope_known;
alter table login_attempts add constraint login_attempts_scope_known check (
    scope in ('account', 'address', 'registration')
);

-- As before, with the address that the person gave where the account has none.
create or replace view live_sessions as
select
    s.id, s.token_hash, s.data, s.user_id, u.username, u.display_name, coalesce(u.email, u.claimed_email) as email,
    u.created_at as user_created_at, u.last_login_at, u.settings ->> 'timeZone' as time_zone, s.device, s.user_agent, s.ip,
    s.created_at, s.last_seen_at, s.expires_at, least(s.idle_expires_at, s.expires_at) as ends_at,
    null::timestamptz as ended_at, null::text as ended_reason, null::text as ended_by
from sessions s
join users u on u.id = s.user_id
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now()
    and u.deleted_at is null and u.status = 'active';
