-- no-transaction
create index concurrently access_tokens_by_group on access_tokens (group_id) where group_id is not null;
