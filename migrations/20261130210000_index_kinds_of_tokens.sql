-- no-transaction
create index concurrently access_tokens_by_kind on access_tokens (kind, id);
