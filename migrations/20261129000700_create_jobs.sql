-- Long work, and the results of requests that are sent again.
create table jobs (
    id uuid not null,
    kind text not null,
    params jsonb not null default '{}',
    state text not null default 'queued',
    done bigint not null default 0,
    total bigint,
    timeouts smallint not null default 0,
    error text,
    created_by uuid,
    created_at timestamptz not null,
    started_at timestamptz,
    progressed_at timestamptz,
    finished_at timestamptz,
    constraint jobs_pkey primary key (id),
    constraint jobs_kind_known check (kind in ('purge', 'rotate_keys')),
    constraint jobs_state_known check (state in ('queued', 'running', 'done', 'failed')),
    constraint jobs_ended check ((finished_at is null) = (state in ('queued', 'running'))),
    constraint jobs_error_of_failed check ((error is null) = (state <> 'failed'))
);

comment on column jobs.timeouts is 'How many times in a row the next piece took too long.';
comment on column jobs.error is 'Why it failed, in words for users.';
comment on column jobs.progressed_at is 'When its last piece was done: it shows which job stands still.';

create index jobs_unfinished on jobs (created_at) where state in ('queued', 'running');
-- Unfinished jobs first, then the newest.
create index jobs_listed on jobs ((finished_at is null), id);
create index jobs_by_state on jobs (state, id);
create index jobs_done on jobs (finished_at) where state = 'done';
-- One purge for each user, however often it is asked for and on however many replicas.
create unique index jobs_purge_key on jobs ((params ->> 'user_id')) where kind = 'purge';
-- Encrypting all keys again is one job until it is done, however often it is started.
create unique index jobs_rotation_key on jobs (kind) where kind = 'rotate_keys' and state <> 'done';

-- Requests that came with an idempotency key. An expired row counts for nothing, whether or not it is still there.
create table idempotency_keys (
    user_id uuid not null,
    key_hash bytea not null,
    attempt uuid not null,
    token_id uuid,
    request_hash bytea,
    expires_at timestamptz not null,
    done_at timestamptz,
    answered_at timestamptz,
    is_shown_once boolean not null default false,
    status int,
    content_type text,
    location text,
    etag text,
    body bytea,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (user_id, key_hash),
    constraint idempotency_keys_attempt_key unique (attempt),
    constraint idempotency_keys_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint idempotency_keys_answer_whole check ((status is null) = (body is null)),
    constraint idempotency_keys_answer_given check (status is null or answered_at is not null),
    constraint idempotency_keys_answer_done check (answered_at is null or done_at is not null),
    constraint idempotency_keys_answer_shown check (not is_shown_once or (answered_at is not null and status is null and request_hash is null)),
    constraint idempotency_keys_body_length check (octet_length(body) <= 65536)
);

comment on column idempotency_keys.attempt is
    'The attempt that works on the request. Another one once it took too long: then a change of the one before is not committed.';
comment on column idempotency_keys.token_id is 'The access token of the request; null: in a session.';
comment on column idempotency_keys.request_hash is
    'HMAC of the request under the key, which is not stored: no value of the body can be tried out.';
comment on column idempotency_keys.done_at is 'Set in the transaction of the change itself.';
create index idempotency_keys_by_end on idempotency_keys (expires_at);
