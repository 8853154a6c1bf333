-- What users own in the host application. Rollcall counts, shows, exports, transfers and deletes it.
create table personas (
    id uuid not null,
    user_id uuid not null,
    name text not null,
    role text not null default '',
    information_need text not null default '',
    details text not null default '',
    hidden boolean not null default false,
    created_at timestamptz not null default now(),
    constraint personas_pkey primary key (id),
    constraint personas_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint personas_owner_key unique (id, user_id)
);

create index personas_by_user on personas (user_id, id);

-- The owner is repeated here because a counter must still know it when the persona is deleted in the same statement;
-- the foreign key keeps the two equal, also when a persona is given to somebody else.
create table ontologies (
    id uuid not null,
    persona_id uuid not null,
    user_id uuid not null,
    name text not null,
    content jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint ontologies_pkey primary key (id),
    constraint ontologies_persona_id_fkey foreign key (persona_id, user_id)
    references personas (id, user_id) on delete cascade on update cascade
);

create index ontologies_by_persona on ontologies (persona_id, user_id);

create function fill_ontology_owner() returns trigger language plpgsql as $$
begin
    select user_id into new.user_id from personas where id = new.persona_id;
    return new;
end $$;

create trigger fill_owner before insert on ontologies
for each row when (new.user_id is null) execute function fill_ontology_owner();

create table annotations (
    id uuid not null,
    persona_id uuid not null,
    user_id uuid not null,
    video_id text not null,
    label text not null,
    content jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint annotations_pkey primary key (id),
    constraint annotations_persona_id_fkey foreign key (persona_id) references personas (id) on delete cascade,
    constraint annotations_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index annotations_by_persona on annotations (persona_id, id);
create index annotations_by_user on annotations (user_id, id);
