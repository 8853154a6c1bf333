-- All tokens, with the version of each.
create or replace view listed_tokens as
select
    t.id, t.user_id, u.username, u.display_name, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at,
    t.last_used_ip, t.revoked_at, r.username as revoked_by,
    case
        when t.revoked_at is not null then 'revoked'
        when t.expires_at <= now() then 'expired'
        when t.blocked_at is not null or p.id is null or p.must_change_password then 'blocked'
        when t.expires_at <= now() + interval '7 days' then 'expiring'
        else 'live'
    end as state,
    t.kind, t.group_id, g.name as group_name, t.allowed_models, t.metadata, t.blocked_at,
    case when t.previous_until > now() then t.previous_until end as previous_until, t.version
from access_tokens t
join users u on u.id = t.user_id
left join active_users p on p.id = t.user_id
left join users r on r.id = t.revoked_by
left join groups g on g.id = t.group_id;
