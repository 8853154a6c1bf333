-- no-transaction
create index concurrently users_rejected on users (id) where status = 'pending' and deleted_at is not null;
