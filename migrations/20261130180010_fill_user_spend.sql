-- Adds the rows of users who are older than the trigger. No use writes the table yet, so none waits for this.
insert into user_spend (user_id, deleted, created_at)
select id, deleted_at is not null, created_at from users
on conflict (user_id) do nothing;
