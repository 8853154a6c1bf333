-- no-transaction
create index concurrently users_by_unverified_email on users (name_key(unverified_email)) where unverified_email is not null;
