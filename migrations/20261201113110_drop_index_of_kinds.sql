-- no-transaction
drop index concurrently resources_by_kind;
