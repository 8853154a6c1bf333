-- no-transaction
create index concurrently resources_of_kind on resources (kind, id) include (client_id);
