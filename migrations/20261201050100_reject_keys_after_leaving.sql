-- Whether a virtual key is for a group that its owner has left. A token without a group has left none.
create function owner_left_group(asked_group uuid, owner uuid) returns boolean language sql stable parallel safe as $$
    select asked_group is not null and not exists (
        select from group_members m where m.group_id = asked_group and m.user_id = owner
    )
$$;

-- The tokens that can be used, as before, without keys for a group that their owners have left.
create or replace view live_tokens as
select
    t.id, t.token_hash, t.user_id, t.name, t.prefix, t.scopes, p.username, p.display_name, p.email,
    p.created_at as user_created_at, p.last_login_at, p.time_zone, t.kind
from access_tokens t
join active_users p on p.id = t.user_id
where
    t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and not p.must_change_password and t.blocked_at is null
    and not owner_left_group(t.group_id, t.user_id);

-- All tokens, with whether the owner of a key has left its group.
create or replace view listed_tokens as
select
    t.id, t.user_id, u.username, u.display_name, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at,
    t.last_used_ip, t.revoked_at, r.username as revoked_by,
    case
        when t.revoked_at is not null then 'revoked'
        when t.expires_at <= now() then 'expired'
        when t.blocked_at is not null or p.id is null or p.must_change_password or owner_left_group(t.group_id, t.user_id) then 'blocked'
        when t.expires_at <= now() + interval '7 days' then 'expiring'
        else 'live'
    end as state,
    t.kind, t.group_id, g.name as group_name, t.allowed_models, t.metadata, t.blocked_at,
    case when t.previous_until > now() then t.previous_until end as previous_until, t.version,
    owner_left_group(t.group_id, t.user_id) as owner_left_group
from access_tokens t
join users u on u.id = t.user_id
left join active_users p on p.id = t.user_id
left join users r on r.id = t.revoked_by
left join groups g on g.id = t.group_id;
