-- Adds the costs of uses that are older than the trigger. One statement reads both tables in one snapshot, so that each use counts once,
-- whenever it was committed.
insert into user_spend as s (user_id, month, nanos)
select r.user_id, r.month, r.nanos - case when c.month = r.month then c.nanos else 0 end
from user_spend_recount r
join user_spend c on c.user_id = r.user_id
where (c.month, c.nanos) <> (r.month, r.nanos)
on conflict (user_id) do update set
    month = greatest(s.month, excluded.month),
    nanos = case when s.month > excluded.month then 0 else excluded.nanos end
        + case when s.month < excluded.month then 0 else s.nanos end;
