-- Settings of the host application that Rollcall stores without a meaning of its own: one object for each namespace.
create table host_settings (
    namespace text not null,
    data jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint host_settings_pkey primary key (namespace),
    constraint host_settings_namespace_length check (char_length(namespace) between 1 and 50),
    constraint host_settings_data_object check (jsonb_typeof(data) = 'object'),
    -- Twice the 64 KiB that are accepted: PostgreSQL writes a space after each comma and colon, which that limit does not count.
    constraint host_settings_data_length check (octet_length(data::text) <= 131072)
);
