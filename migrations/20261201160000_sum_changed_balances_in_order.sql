-- Adds amounts one after the other, as balances do: the sum begins at zero, and ends there and at the largest number each time.
create function saturating_sum(amounts bigint[]) returns bigint language plpgsql immutable strict parallel safe as $$
declare
    total bigint := 0;
    amount bigint;
begin
    foreach amount in array amounts loop
        total := saturated(greatest(total::numeric + amount, 0));
    end loop;
    return total;
end $$;

-- As before, but changes by administrators are added in the order of the events, to a sum that has ended at the largest number too: a reset
-- takes away what the balance had, and not what its events had together.
create or replace function period_usage(asked_user uuid, asked_token uuid, asked_metric text, asked_model text, since timestamptz)
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
        case
            when exists (select from usage_events e where e.user_id = asked_user and e.kind <> 'use' and e.at >= since) then (
                select coalesce(saturating_sum(array_agg(s.amount order by s.at, s.id)), 0) from counted s where s.kind <> 'top_up'
            )
            else saturated(coalesce(sum(c.amount), 0))
        end,
        saturated(coalesce(sum(c.amount) filter (where c.kind = 'top_up'), 0))
    from counted c
$$;
