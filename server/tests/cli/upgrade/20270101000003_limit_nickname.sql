-- Applies to new values; the next migration checks the stored ones.
alter table users add constraint users_nickname_length check (char_length(nickname) between 1 and 50) not valid;
