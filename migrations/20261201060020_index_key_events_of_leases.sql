-- no-transaction
create unique index concurrently leases_key_event on leases (key_id, key_event_id) where key_event_id is not null;
