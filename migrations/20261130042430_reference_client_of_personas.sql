alter table personas add constraint personas_client_id_fkey foreign key (client_id) references clients (id) not valid;
