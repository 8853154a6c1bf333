-- The paths to resources apart from what blocks them: of one user, the ids of the resources are found without reading these.
create view resource_paths as
select
    r.owner_id as user_id, r.id as resource_id, 'write' as level, 'owner' as through, null::uuid as group_id,
    null::uuid as granted_by, null::timestamptz as granted_at
from resources r
where r.owner_id is not null
union all
select g.user_id, g.resource_id, g.level, 'user', null, g.granted_by, g.granted_at
from resource_grants g
where g.user_id is not null
union all
select m.user_id, g.resource_id, g.level, 'group', g.group_id, g.granted_by, g.granted_at
from group_members m
join resource_grants g on g.group_id = m.group_id
union all
select u.id, g.resource_id, g.level, 'everyone', null, g.granted_by, g.granted_at
from resource_grants g cross join users u
where g.user_id is null and g.group_id is null
union all
select a.user_id, r.id, 'write', 'admin', null, null, null
from admins a cross join resources r;

-- Returns the reason against every path of a user to a resource, or against that of an administrator.
create function access_block(is_admin boolean, reaching users, reached resources) returns text
language sql immutable parallel safe return case
    when (reaching).deleted_at is not null or (reaching).status <> 'active' then 'user'
    when is_admin then null
    when not in_clients((reached).client_id, (reaching).client_list) then 'client'
    when not (reached).active then 'resource'
end;

-- Every way in which a user reaches a resource, with the reason against it. Enforcement and explanation both read it. Only for one
-- user or one pair: all users reach what is granted to everyone.
create or replace view resource_access as
select
    p.user_id, p.resource_id, p.level, p.through, p.group_id, p.granted_by, p.granted_at,
    access_block(p.through = 'admin', u, r) as blocked_by
from resource_paths p
join users u on u.id = p.user_id
join resources r on r.id = p.resource_id;
