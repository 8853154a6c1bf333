-- Whoever changes their own address claims it as well: until that is settled the account keeps the one that it has, and the
-- person is shown the one that they gave.
create or replace view live_sessions as
select
    s.id, s.token_hash, s.data, s.user_id, u.username, u.display_name, coalesce(u.claimed_email, u.email) as email,
    u.created_at as user_created_at, u.last_login_at, u.settings ->> 'timeZone' as time_zone, s.device, s.user_agent, s.ip,
    s.created_at, s.last_seen_at, s.expires_at, least(s.idle_expires_at, s.expires_at) as ends_at,
    null::timestamptz as ended_at, null::text as ended_reason, null::text as ended_by
from sessions s
join users u on u.id = s.user_id
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now()
    and u.deleted_at is null and u.status = 'active';
