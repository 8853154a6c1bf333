-- As before, but a session plans the query once: a function in SQL with a subquery is planned again in each statement that calls it, which
-- takes longer than all else in the statement.
create or replace function owner_left_group(asked_group uuid, owner uuid) returns boolean language plpgsql stable parallel safe as $$
begin
    return asked_group is not null and not exists (
        select from group_members m where m.group_id = asked_group and m.user_id = owner
    );
end $$;
