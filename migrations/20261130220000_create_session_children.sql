-- Short-lived tokens that belong to a session, for clients that exchange one for another. They are no sessions: a list does not
-- show them, and they can be used only while their session can.
create table session_children (
    token_hash bytea not null,
    session_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint session_children_pkey primary key (token_hash),
    constraint session_children_session_id_fkey foreign key (session_id) references sessions (id) on delete cascade
);

comment on column session_children.token_hash is 'SHA-256 of the token.';
create index session_children_by_session on session_children (session_id, created_at);
