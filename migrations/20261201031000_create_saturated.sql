-- Returns an amount as a bigint; beyond its range, the end of the range on that side. A sum of amounts that users report never fails.
create function saturated(amount numeric) returns bigint language sql immutable parallel safe
return case
    when amount > 9223372036854775807 then 9223372036854775807
    when amount < -9223372036854775807 then -9223372036854775807
    else amount
end::bigint;

-- Returns an amount of a user, a model and a day as a bigint, at most 2^53 - 1. So the totals of all users of a model and a day are exact
-- unless a thousand users reach that, and are right again after such a user is deleted.
create function saturated_day(amount numeric) returns bigint language sql immutable parallel safe
return case when amount > 9007199254740991 then 9007199254740991 else saturated(amount) end;
