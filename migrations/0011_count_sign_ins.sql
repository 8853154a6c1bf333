-- How many sign-ins there were on each UTC day: `signed-in:<day>` among the totals. That a session goes does not undo that
-- it began, so these only grow, and no recount finds them once old sessions are removed.
create function count_sign_ins() returns trigger language plpgsql as $$
begin
    perform add_to_totals(array_agg(name), array_agg(sign_ins))
    from (
        select 'signed-in:' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as name, count(*) as sign_ins
        from new_rows group by name
    ) as days
    having count(*) > 0;
    return null;
end $$;

create trigger count_sign_ins after insert on sessions
referencing new table as new_rows for each statement execute function count_sign_ins();

-- Those that were before.
insert into user_totals (name, shard, value)
select 'signed-in:' || to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as name, 0, count(*) from sessions group by name;
