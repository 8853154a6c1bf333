-- no-transaction
create index concurrently users_inactive on users (id) where status <> 'active' or deleted_at is not null;
