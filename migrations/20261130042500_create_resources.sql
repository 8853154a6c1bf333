-- Resources of the host application, grants to users, groups or everyone, and the users who can reach them.
create table resources (
    id uuid not null,
    kind text not null,
    external_id text not null,
    name text not null,
    owner_id uuid,
    client_id int,
    active boolean not null default true,
    data jsonb not null default '{}',
    version int not null default 1,
    search text not null generated always as (search_fold(name)) stored,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint resources_pkey primary key (id),
    constraint resources_external_id_key unique (kind, external_id),
    constraint resources_owner_id_fkey foreign key (owner_id) references users (id) on delete set null,
    constraint resources_client_id_fkey foreign key (client_id) references clients (id),
    constraint resources_kind_form check (kind ~ '^[a-z0-9_-]+$' and char_length(kind) <= 50),
    constraint resources_external_id_length check (char_length(external_id) between 1 and 200),
    constraint resources_name_length check (char_length(name) between 1 and 200),
    constraint resources_data_object check (jsonb_typeof(data) = 'object')
);

create index resources_by_kind on resources (kind, id);
create index resources_by_owner on resources (owner_id, id) where owner_id is not null;
create index resources_by_client on resources (client_id, id) where client_id is not null;

create table resource_grants (
    resource_id uuid not null,
    user_id uuid,
    group_id uuid,
    level text not null,
    granted_by uuid,
    granted_at timestamptz not null,
    constraint resource_grants_key unique nulls not distinct (resource_id, user_id, group_id),
    constraint resource_grants_resource_id_fkey foreign key (resource_id) references resources (id) on delete cascade,
    constraint resource_grants_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint resource_grants_group_id_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint resource_grants_level_known check (level in ('read', 'write')),
    constraint resource_grants_one_subject check (num_nonnulls(user_id, group_id) <= 1)
);

comment on column resource_grants.group_id is 'Neither a user nor a group: the grant is for everyone.';
create index resource_grants_by_user on resource_grants (user_id, resource_id) where user_id is not null;
create index resource_grants_by_group on resource_grants (group_id, resource_id) where group_id is not null;
create index resource_grants_for_everyone on resource_grants (resource_id) where user_id is null and group_id is null;

-- Every way in which a user reaches a resource, with the reason against it. Enforcement and explanation both read it. Only for one
-- user or one pair: all users reach what is granted to everyone.
create view resource_access as
select
    p.user_id, p.resource_id, p.level, p.through, p.group_id, p.granted_by, p.granted_at,
    case
        when u.deleted_at is not null or u.status <> 'active' then 'user'
        when p.through <> 'admin' and not in_clients(r.client_id, u.client_list) then 'client'
        when p.through <> 'admin' and not r.active then 'resource'
    end as blocked_by
from (
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
    from admins a cross join resources r
) p
join users u on u.id = p.user_id
join resources r on r.id = p.resource_id;
