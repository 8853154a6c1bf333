-- Adds the rows of deleted users who are older than the trigger.
insert into user_spend (user_id, deleted, created_at)
select id, true, created_at from users where deleted_at is not null
on conflict (user_id) do nothing;
