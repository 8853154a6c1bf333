-- The sessions of `live_sessions` without their users, to count them: the few users who are not active are looked for, not those of all
-- sessions.
create view countable_sessions as
select s.id, s.user_id, s.device, s.ip, s.created_at, s.last_seen_at
from sessions s
where s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now() and s.user_id is not null
    and not exists (select from users u where u.id = s.user_id and (u.status <> 'active' or u.deleted_at is not null));
