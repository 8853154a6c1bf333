-- The ids of events that are sent with a virtual key, apart from those of usage_event_ids: its holder could otherwise take the ids of events
-- that the host application counts.
create table usage_key_event_ids (
    user_id uuid not null,
    key_id uuid not null,
    event_id text not null,
    created_at timestamptz not null,
    constraint usage_key_event_ids_key unique (user_id, key_id, event_id),
    constraint usage_key_event_ids_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint usage_key_event_ids_length check (char_length(event_id) between 1 and 200)
);

comment on column usage_key_event_ids.key_id is 'A plain id.';
create index usage_key_event_ids_by_time on usage_key_event_ids (created_at);
