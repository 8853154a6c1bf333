alter table users validate constraint users_nickname_length;
