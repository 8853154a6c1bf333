-- no-transaction
create index concurrently users_nickname on users (nickname, id);
