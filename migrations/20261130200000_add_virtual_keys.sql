-- Virtual keys are access tokens that open the limits, the usage and the access of their owners only.
alter table access_tokens
    add column kind text not null default 'token',
    add column group_id uuid,
    add column allowed_models text[],
    add column metadata jsonb not null default '{}',
    add column blocked_at timestamptz,
    add column blocked_by uuid,
    add column previous_hash bytea,
    add column previous_until timestamptz;

comment on column access_tokens.group_id is 'The group that a key is for; null for none.';
comment on column access_tokens.allowed_models is 'The models that a key can use. Null: all. Empty: none.';
comment on column access_tokens.metadata is 'Data of the host application.';
comment on column access_tokens.blocked_by is 'A plain id; null for the operator.';
comment on column access_tokens.previous_hash is 'The secret before the last rotation, valid before previous_until.';
