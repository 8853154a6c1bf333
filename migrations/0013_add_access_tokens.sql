-- Access tokens: what a program proves with whom it acts for, on the API alone.
alter table access_tokens add constraint access_tokens_name_length check (char_length(name) between 1 and 100);
alter table access_tokens add constraint access_tokens_prefix_length check (char_length(prefix) <= 20);
comment on column access_tokens.prefix is 'How the token begins, to know it by.';
comment on column access_tokens.scopes is 'What it may do at most; what its owner may not, it may not either.';

-- Those that are or will be over, for the list and for the job that removes them.
create index access_tokens_by_expiry on access_tokens (expires_at, id) where revoked_at is null;
create index access_tokens_by_revocation on access_tokens (revoked_at, id) where revoked_at is not null;

-- Who can use their account at this moment. Sessions and access tokens both ask here: they cannot disagree.
create view able_people as
select
    id, username, display_name, coalesce(claimed_email, email) as email, created_at, last_login_at,
    settings ->> 'timeZone' as time_zone, must_change_password
from users
where deleted_at is null and status = 'active';

-- As before, over the same people as the tokens.
create or replace view live_sessions as
select
    s.id, s.token_hash, s.data, s.user_id, p.username, p.display_name, p.email, p.created_at as user_created_at,
    p.last_login_at, p.time_zone, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at, s.expires_at,
    least(s.idle_expires_at, s.expires_at) as ends_at,
    null::timestamptz as ended_at, null::text as ended_reason, null::text as ended_by
from sessions s
join able_people p on p.id = s.user_id
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now();

-- The tokens that can be used. Whoever has to choose a password first cannot act by a token either.
create view live_tokens as
select
    t.id, t.token_hash, t.user_id, t.name, t.prefix, t.scopes, p.username, p.display_name, p.email,
    p.created_at as user_created_at, p.last_login_at, p.time_zone
from access_tokens t
join able_people p on p.id = t.user_id
where t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and not p.must_change_password;

-- All of them, with the columns of a list. Who revoked one may be gone.
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
left join able_people p on p.id = t.user_id
left join users r on r.id = t.revoked_by;

-- With which token something was done, where it was done with one: its id, and what it was called.
alter table audit_events add column token_id uuid, add column token_label text;
