-- What was deleted while its user was deleted: the message about the restoration lists it.
create table lost_access (
    user_id uuid not null,
    kind text not null,
    object_id uuid not null,
    name text not null,
    created_at timestamptz not null default now(),
    constraint lost_access_pkey primary key (user_id, kind, object_id),
    constraint lost_access_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint lost_access_kind_known check (kind in ('group', 'role', 'resource'))
);

comment on column lost_access.object_id is 'The id of the deleted group, role or resource.';
