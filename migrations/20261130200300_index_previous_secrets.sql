-- no-transaction
create unique index concurrently access_tokens_previous_hash on access_tokens (previous_hash) where previous_hash is not null;
