-- Adds the rows of users who are older than the trigger. No use writes the table yet, and no foreign key locks the users, so none waits for
-- this. Deleted users can be purged meanwhile: theirs follow when there is the foreign key.
insert into user_spend (user_id, created_at)
select id, created_at from users where deleted_at is null
on conflict (user_id) do nothing;
