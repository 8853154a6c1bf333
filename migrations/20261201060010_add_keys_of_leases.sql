alter table leases add column key_id uuid, add column key_event_id text;

comment on column leases.key_id is 'The virtual key that it was reserved with, a plain id; null for another credential.';
comment on column leases.key_event_id is 'The id of its event, if it was reserved with a virtual key: event_id is the id of the lease then.';
