-- The limits in force when the function is called. A query that waits for the lock of an account reads everything else as it was before the
-- wait; a statement within a function is newer.
create function read_limits_in_force(asked_user uuid, asked_token uuid) returns jsonb language plpgsql as $$
begin
    return (select jsonb_agg(f) from limits_in_force(asked_user, asked_token) f);
end $$;
