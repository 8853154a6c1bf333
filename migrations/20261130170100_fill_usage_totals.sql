-- Adds the rows of usage_daily that are older than its trigger. One statement reads both tables in one snapshot, so that each use is in
-- the totals once, whenever it was committed.
insert into usage_daily_totals (day, model, shard, requests, tokens_in, tokens_out, cost_nanos)
select d.day, d.model, -1, sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)
from (
    select day, model, requests, tokens_in, tokens_out, cost_nanos from usage_daily
    union all
    select day, model, -requests, -tokens_in, -tokens_out, -cost_nanos from usage_daily_totals
) d
group by d.day, d.model
having (sum(d.requests), sum(d.tokens_in), sum(d.tokens_out), sum(d.cost_nanos)) <> (0, 0, 0, 0);
