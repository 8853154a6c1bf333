-- Messages that the page after a change shows once. The server writes and reads them; nothing of them is in an address.
create table flashes (
    id uuid not null,
    session_id uuid not null,
    path text not null,
    message jsonb not null,
    undo jsonb,
    created_at timestamptz not null,
    shown_at timestamptz,
    expires_at timestamptz not null,
    constraint flashes_pkey primary key (id),
    constraint flashes_session_id_fkey foreign key (session_id) references sessions (id) on delete cascade,
    constraint flashes_path_length check (char_length(path) <= 500)
);

comment on column flashes.path is 'The page that shows it: another tab, on another page, does not take it away.';
comment on column flashes.undo is 'The form that undoes the change. It never leaves the server.';
create index flashes_by_session on flashes (session_id, path);
create index flashes_by_end on flashes (expires_at);
