-- What an event counts, so that another one with the same id is not taken for a repetition.
alter table usage_event_ids add column use_hash bigint;

comment on column usage_event_ids.use_hash is 'Hash of the token, the model and the amounts. Null: not known.';
