-- What a user or a token has used since the start of a period, and its top-ups, by the events. A reset or an adjustment can take away uses of
-- before the period too, so the sum begins again at zero where it would fall below: later uses count in full.
create function period_usage(asked_user uuid, asked_token uuid, asked_metric text, asked_model text, since timestamptz)
returns table (used bigint, granted bigint) language sql stable as $$
    with counted as not materialized (
        select e.at, e.id, e.kind, case asked_metric
            when 'requests' then e.requests when 'tokens' then e.tokens_in + e.tokens_out when 'cost' then e.cost_nanos else 0
        end as amount
        from (
            select * from usage_events where user_id = asked_user and at >= since
            union all
            select * from usage_events where token_id = asked_token and at >= since and kind = 'use'
        ) e
        where case
            when e.kind = 'use' then asked_model = '' or e.model = asked_model
            else e.metric = asked_metric and coalesce(e.model, '') = asked_model
        end
    )
    select
        saturated(coalesce(sum(c.amount) filter (where c.kind <> 'top_up'), 0) - least((
            select min(r.amount)
            from (
                select s.kind, sum(s.amount) filter (where s.kind <> 'top_up') over (order by s.at, s.id) as amount
                from counted s
                where exists (select from usage_events e where e.user_id = asked_user and e.kind <> 'use' and e.at >= since)
            ) r
            where r.kind in ('adjust', 'reset')
        ), 0)),
        saturated(coalesce(sum(c.amount) filter (where c.kind = 'top_up'), 0))
    from counted c
$$;

-- As before, by that function.
create or replace view balances_recount as
select b.holder_id, b.metric, b.model, s.used, s.granted
from balances b
left join users u on u.id = b.user_id
left join access_tokens t on t.id = b.token_id
cross join lateral period_usage(b.user_id, b.token_id, b.metric, b.model, b.period_start) s
where b.group_id is null and b.level is null and not b.carried and b.metric in ('requests', 'tokens', 'cost')
    and greatest(b.period_start, u.created_at, t.created_at) >= (
        select min(stored)::timestamp at time zone 'UTC' from stored_usage_months() as stored
    );
