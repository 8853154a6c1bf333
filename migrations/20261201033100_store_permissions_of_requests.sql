-- A stored response is returned only to a caller who still has the permissions with which it was created.
alter table idempotency_keys add column permissions text[];

comment on column idempotency_keys.permissions is
    'Permissions of the caller at the request; null where the previous version wrote the row: its response is not returned.';
