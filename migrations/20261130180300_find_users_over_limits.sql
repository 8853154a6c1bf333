-- Whether nothing is left of a limit with an amount, by the balance of its holder, or null without one.
create function is_used_up(amount bigint, period text, balance balances, asked_at timestamptz) returns boolean language sql stable as $$
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
            amount + coalesce((balance).granted, 0) as capacity,
            coalesce((balance).level, amount + coalesce((balance).granted, 0) - coalesce((balance).used, 0)) as level,
            case when period like 'drip:%' then split_part(period, ':', 2)::bigint end as seconds
    ) v
$$;

-- The users who have nothing left of a limit in force, of the metric `cost` or `requests` for all models together. What is used is that of
-- the balances, so a limit counts from the first use after it was set. Reservations do not count.
--
-- Few users are asked one by one: those with a limit of 0, and those who had nothing left of some limit when a use was last counted, since
-- time only adds to what is left. All members of a group have what the group has left, and all users with no limit but a default of 0 have
-- nothing, unless a balance says more.
create function users_over_limit(asked_metric text, asked_at timestamptz) returns table (user_id uuid) language sql stable as $$
    with asked as (
        select l.* from limits l where l.metric = asked_metric and l.model is null and l.amount is not null
    ), own as not materialized (
        select b.* from balances b where b.user_id is not null and b.metric = asked_metric and b.model = ''
    ), nothing_by_default as (
        select a.id from asked a where a.amount = 0 and num_nonnulls(a.role_id, a.group_id, a.user_id, a.token_id) = 0
    ), used_up_groups as (
        select a.group_id
        from asked a
        left join balances b
            on b.holder_id = a.group_id and b.metric = a.metric and b.model = ''
            and (b.level is not null or b.period_end is null or b.period_end > asked_at)
        where a.shared and is_used_up(a.amount, a.period, b, asked_at)
    ), not_by_default as (
        select l.user_id from limits l where l.metric = asked_metric and l.model is null and l.user_id is not null
        union all
        select m.user_id
        from limits l
        join group_members m on m.group_id = l.group_id
        where l.metric = asked_metric and l.model is null and not l.shared
        union all
        select r.user_id from limits l join user_roles r on r.role_id = l.role_id where l.metric = asked_metric and l.model is null
        union all
        select b.user_id from own b where b.level > 0 or b.granted > 0
    ), candidates as (
        select b.user_id
        from own b
        where
            b.level <= 0 or (b.level is null and b.used - b.granted >= (select min(a.amount) from asked a))
            or ((b.level > 0 or b.granted > 0) and exists (select from nothing_by_default))
        union
        select m.user_id from asked a join group_members m on m.group_id = a.group_id where a.amount = 0 and not a.shared
        union
        select r.user_id from asked a join user_roles r on r.role_id = a.role_id where a.amount = 0
        union
        select a.user_id from asked a where a.user_id is not null and a.amount = 0
    )
    select m.user_id from used_up_groups g join group_members m on m.group_id = g.group_id
    union
    select u.id
    from users u
    where exists (select from nothing_by_default) and not exists (select from not_by_default o where o.user_id = u.id)
    union
    select c.user_id
    from candidates c
    where exists (
        select
        from limits_in_force(c.user_id, null) f
        left join balances b
            on b.holder_id = f.holder_id and b.metric = f.metric and b.model = ''
            and (b.level is not null or b.period_end is null or b.period_end > asked_at)
        where
            f.holder = 'user' and f.metric = asked_metric and f.model is null and f.amount is not null
            and is_used_up(f.amount, f.period, b, asked_at)
    )
$$;
