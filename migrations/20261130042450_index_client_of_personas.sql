-- no-transaction
create index concurrently personas_by_client on personas (client_id) where client_id is not null;
