-- Clients, whose data users see by their lists of clients.
create table clients (
    id int generated always as identity,
    name text not null,
    logo_url text,
    version int not null default 1,
    search text not null generated always as (search_fold(name)) stored,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint clients_pkey primary key (id),
    constraint clients_name_length check (char_length(name) between 1 and 200),
    constraint clients_logo_url_length check (char_length(logo_url) between 1 and 2000)
);

create unique index clients_name_key on clients (name_key(name));

-- Returns whether data of a client, or of none, is in a list of clients.
create function in_clients(client int, listed int[]) returns boolean
language sql immutable parallel safe return client is null or client = any(listed);

-- Returns whether a user sees data of a client. Administrators see all.
create function sees_client(viewer uuid, client int) returns boolean
language sql stable parallel safe return client is null
    or exists (select from users u where u.id = viewer and in_clients(client, u.client_list))
    or exists (select from admins a where a.user_id = viewer);
