alter table personas validate constraint personas_client_id_fkey;
