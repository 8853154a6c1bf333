-- As for usage_event_ids.
alter table usage_key_event_ids add column use_hash bigint;

comment on column usage_key_event_ids.use_hash is 'Hash of the token, the model and the amounts. Null: not known.';
