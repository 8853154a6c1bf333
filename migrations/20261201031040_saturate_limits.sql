-- As before, but sums saturate.
create or replace function is_used_up(amount bigint, period text, balance balances, asked_at timestamptz) returns boolean
language sql stable as $$
    select case
        -- What has dripped since fills the level up to the amount. A top-up is above it.
        when v.seconds is not null then least(
            v.level + greatest(floor(extract(epoch from asked_at - (balance).level_at) / v.seconds), 0),
            greatest(amount, least(v.level, v.capacity))
        ) <= 0
        -- The limit was one that drips: what was used is counted with the next use.
        when (balance).level is not null then amount = 0
        else v.level <= 0
    end
    from (
        select
            saturated(amount::numeric + coalesce((balance).granted, 0)) as capacity,
            saturated(coalesce((balance).level, amount::numeric + coalesce((balance).granted, 0) - coalesce((balance).used, 0))) as level,
            case when period like 'drip:%' then split_part(period, ':', 2)::bigint end as seconds
    ) v
$$;
