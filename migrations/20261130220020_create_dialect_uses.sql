-- When the clients of each dialect last sent a valid credential. One row for each dialect, written at most once a minute by each server.
create table dialect_uses (
    dialect text not null,
    used_at timestamptz not null,
    constraint dialect_uses_pkey primary key (dialect),
    constraint dialect_uses_dialect_length check (char_length(dialect) between 1 and 50)
);
