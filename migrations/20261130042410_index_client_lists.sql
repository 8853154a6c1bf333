-- no-transaction
create index concurrently users_having_client on users using gin (client_list) where deleted_at is null;
