-- As before, but for an hour at most, which is the longest time that is stored: one that is longer was stored before the clock was set back.
create or replace function recounted_rate(spent_until timestamptz, counted_by bigint, amount bigint, asked_at timestamptz) returns timestamptz
language plpgsql stable as $$
declare
    capped constant timestamptz := least(spent_until, asked_at + interval '1 hour');
    ahead constant numeric := extract(epoch from capped - asked_at) * 1000000;
begin
    if ahead <= 0 or counted_by is null or counted_by = amount then
        return capped;
    end if;
    return asked_at + least(div(ahead * counted_by, amount), greatest(ahead, 60000000))::bigint * interval '1 microsecond';
end $$;
