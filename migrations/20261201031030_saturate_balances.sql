-- As before, but sums saturate.
create or replace view balances_recount as
select b.holder_id, b.metric, b.model, s.used, s.granted
from balances b
left join users u on u.id = b.user_id
left join access_tokens t on t.id = b.token_id
cross join lateral (
    select
        saturated(greatest(coalesce(sum(v.amount) filter (where e.kind <> 'top_up'), 0), 0)) as used,
        saturated(coalesce(sum(v.amount) filter (where e.kind = 'top_up'), 0)) as granted
    from (
        select e.kind, e.model, e.metric, e.requests, e.tokens_in, e.tokens_out, e.cost_nanos
        from usage_events e where e.user_id = b.user_id and e.at >= b.period_start
        union all
        select e.kind, e.model, e.metric, e.requests, e.tokens_in, e.tokens_out, e.cost_nanos
        from usage_events e where e.token_id = b.token_id and e.at >= b.period_start and e.kind = 'use'
    ) e
    cross join lateral (
        select case b.metric
            when 'requests' then e.requests when 'tokens' then e.tokens_in + e.tokens_out when 'cost' then e.cost_nanos else 0
        end as amount
    ) v
    where case
        when e.kind = 'use' then b.model = '' or e.model = b.model
        else e.metric = b.metric and coalesce(e.model, '') = b.model
    end
) s
where b.group_id is null and b.level is null and not b.carried and b.metric in ('requests', 'tokens', 'cost')
    and greatest(b.period_start, u.created_at, t.created_at) >= (
        select min(stored)::timestamp at time zone 'UTC' from stored_usage_months() as stored
    );
