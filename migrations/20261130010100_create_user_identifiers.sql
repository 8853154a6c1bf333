-- Identifiers of users in other systems: at most one for each user and namespace, and each only once in its namespace. They are
-- compared exactly.
create table user_identifiers (
    id uuid not null,
    user_id uuid not null,
    namespace text not null,
    value text not null,
    created_at timestamptz not null default now(),
    constraint user_identifiers_pkey primary key (id),
    constraint user_identifiers_user_id_key unique (user_id, namespace),
    constraint user_identifiers_value_key unique (namespace, value),
    constraint user_identifiers_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint user_identifiers_namespace_length check (char_length(namespace) between 1 and 50),
    constraint user_identifiers_value_length check (char_length(value) between 1 and 512)
);
