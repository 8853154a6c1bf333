-- The data of users in the host application. Rollcall counts, shows, exports, transfers and deletes it.
create table personas (
    id uuid not null,
    user_id uuid not null,
    name text not null,
    role text not null default '',
    information_need text not null default '',
    details text not null default '',
    hidden boolean not null default false,
    is_system_generated boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint personas_pkey primary key (id),
    constraint personas_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint personas_owner_key unique (id, user_id)
);

comment on column personas.is_system_generated is 'Created by the host application, not by its user.';
create index personas_by_user on personas (user_id, id);

-- The owner is repeated here because a counter must still know it when the persona is deleted in the same statement; the foreign
-- key keeps the two equal, also when a persona is transferred.
create table ontologies (
    id uuid not null,
    persona_id uuid not null,
    user_id uuid not null,
    name text not null,
    content jsonb not null default '{}',
    content_bytes int not null generated always as (octet_length(content::text)) stored,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ontologies_pkey primary key (id),
    constraint ontologies_persona_id_fkey foreign key (persona_id, user_id)
    references personas (id, user_id) on delete cascade on update cascade
);

-- A page and an owner's total are bounded by the length without reading the contents themselves.
comment on column ontologies.content_bytes is 'Length of the content as text.';
create index ontologies_by_persona on ontologies (persona_id, user_id);

create function fill_ontology_owner() returns trigger language plpgsql as $$
begin
    select user_id into new.user_id from personas where id = new.persona_id;
    return new;
end $$;

create trigger fill_owner before insert on ontologies
for each row when (new.user_id is null) execute function fill_ontology_owner();

-- Returns the list that an ontology has under a name; an empty one where there is another kind of value, or none.
create function list_in(content jsonb, name text) returns jsonb language sql immutable as $$
    select case when jsonb_typeof(content -> name) = 'array' then content -> name else '[]' end
$$;

create table annotations (
    id uuid not null,
    persona_id uuid not null,
    user_id uuid not null,
    video_id text not null,
    label text not null,
    content jsonb not null default '{}',
    content_bytes int not null generated always as (octet_length(content::text)) stored,
    created_at timestamptz not null default now(),
    constraint annotations_pkey primary key (id),
    constraint annotations_persona_id_fkey foreign key (persona_id) references personas (id) on delete cascade,
    constraint annotations_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

comment on column annotations.content_bytes is 'Length of the content as text.';
create index annotations_by_persona on annotations (persona_id, id);
-- The total of an owner is read from the index alone.
create index annotations_by_user on annotations (user_id, id) include (content_bytes);
