-- The client whose data a persona is; null for data of no client.
alter table personas add column client_id int;
