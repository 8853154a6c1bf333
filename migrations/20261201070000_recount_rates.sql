-- Returns the time up to which a rate is spent, counted by another amount per minute: what is used stays used, but denies for no longer
-- than before, or than a minute.
create function recounted_rate(spent_until timestamptz, counted_by bigint, amount bigint, asked_at timestamptz) returns timestamptz
language plpgsql stable as $$
declare
    ahead constant numeric := extract(epoch from spent_until - asked_at) * 1000000;
begin
    if ahead <= 0 or counted_by is null or counted_by = amount then
        return spent_until;
    end if;
    return asked_at + least(div(ahead * counted_by, amount), greatest(ahead, 60000000))::bigint * interval '1 microsecond';
end $$;
