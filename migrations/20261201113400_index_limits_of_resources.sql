-- no-transaction
create index concurrently resources_reached on resources (id) include (client_id, active, kind);
