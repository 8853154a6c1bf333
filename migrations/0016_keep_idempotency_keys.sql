-- Requests that came with an idempotency key. A row whose time is over counts for nothing, whether or not it is still there.
create table idempotency_keys (
    user_id uuid not null,
    key_hash bytea not null,
    attempt uuid not null,
    token_id uuid,
    request_hash bytea,
    kept_until timestamptz not null,
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
    'Names who works on the request. Another one once it took too long: then a change of the one before is not committed.';
comment on column idempotency_keys.token_id is 'With which access token it came; null: in a session.';
comment on column idempotency_keys.request_hash is
    'HMAC of the request under the key, which is not here: what the body held cannot be tried out.';
comment on column idempotency_keys.done_at is 'Set in the transaction of the change itself.';
create index idempotency_keys_by_end on idempotency_keys (kept_until);
