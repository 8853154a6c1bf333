-- Data of users in other systems that has no column here: at most one object for each user and namespace.
create table user_extensions (
    id uuid not null,
    user_id uuid not null,
    namespace text not null,
    data jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_extensions_pkey primary key (id),
    constraint user_extensions_user_id_key unique (user_id, namespace),
    constraint user_extensions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint user_extensions_namespace_length check (char_length(namespace) between 1 and 50),
    constraint user_extensions_data_object check (jsonb_typeof(data) = 'object'),
    -- Twice the 64 KiB that are accepted: PostgreSQL writes a space after each comma and colon, which that limit does not count.
    constraint user_extensions_data_length check (octet_length(data::text) <= 131072)
);
