-- Features of the host application, and the users who have them.
create table features (
    key text not null,
    label text not null,
    description text not null default '',
    default_value boolean not null default false,
    position int not null default 0,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint features_pkey primary key (key),
    constraint features_key_form check (key ~ '^[a-z0-9_]+(\.[a-z0-9_]+)*$' and char_length(key) <= 100),
    constraint features_label_length check (char_length(label) between 1 and 100),
    constraint features_description_length check (char_length(description) <= 500)
);

create index features_in_order on features (position, key);

-- Every reason for which a user has a feature, with the reason against it. Enforcement and explanation both read it. Only for one
-- user: all users have the features that are on by default.
create view feature_access as
select
    p.user_id, p.key, p.through, p.group_id,
    case when u.deleted_at is not null or u.status <> 'active' then 'user' end as blocked_by
from (
    select u.id as user_id, f.key, 'default' as through, null::uuid as group_id
    from features f cross join users u
    where f.default_value
    union all
    select m.user_id, f.key, 'group', m.group_id
    from group_members m
    join groups g on g.id = m.group_id
    join features f on g.features -> f.key = 'true'
    union all
    select a.user_id, f.key, 'admin', null
    from admins a cross join features f
) p
join users u on u.id = p.user_id;
