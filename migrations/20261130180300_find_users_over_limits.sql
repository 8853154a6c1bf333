-- The users who have nothing left of a limit in force, of the metric `cost` or `requests` for all models together. What is used is that of
-- the balances, so a limit counts from the first use after it was set. Reservations do not count. A candidate has a limit of 0, or had
-- nothing left of some limit when a use was last counted: time only adds to what is left. Candidates are few, so each is asked exactly.
create function users_over_limit(asked_metric text, asked_at timestamptz) returns table (user_id uuid) language sql stable as $$
    with asked as (
        select l.* from limits l where l.metric = asked_metric and l.model is null and l.amount is not null
    ), candidates as (
        select b.user_id
        from balances b
        where
            b.user_id is not null and b.metric = asked_metric and b.model = ''
            and (b.level <= 0 or (b.level is null and b.used - b.granted >= (select min(a.amount) from asked a)))
        union
        select m.user_id
        from asked a
        join group_members m on m.group_id = a.group_id
        where a.amount = 0 or (a.shared and exists (
            select
            from balances b
            where
                b.holder_id = a.group_id and b.metric = asked_metric and b.model = ''
                and (b.level <= 0 or (b.level is null and b.used - b.granted >= a.amount))
        ))
        union
        select r.user_id from asked a join user_roles r on r.role_id = a.role_id where a.amount = 0
        union
        select a.user_id from asked a where a.user_id is not null and a.amount = 0
        union
        select u.id
        from users u
        where exists (
            select from asked a where a.amount = 0 and num_nonnulls(a.role_id, a.group_id, a.user_id, a.token_id) = 0
        )
    )
    select c.user_id
    from candidates c
    where exists (
        select
        from limits_in_force(c.user_id, null) f
        left join balances b
            on b.holder_id = f.holder_id and b.metric = f.metric and b.model = ''
            and (b.level is not null or b.period_end is null or b.period_end > asked_at)
        cross join lateral (
            select
                f.amount + coalesce(b.granted, 0) as capacity,
                coalesce(b.level, f.amount + coalesce(b.granted, 0) - coalesce(b.used, 0)) as level,
                case when f.period like 'drip:%' then split_part(f.period, ':', 2)::bigint end as seconds
        ) v
        where
            f.metric = asked_metric and f.model is null and f.amount is not null
            and case
                -- What has dripped since fills the level up to the amount. A top-up is above it.
                when v.seconds is not null then least(
                    v.level + greatest(floor(extract(epoch from asked_at - b.level_at) / v.seconds), 0),
                    greatest(f.amount, least(v.level, v.capacity))
                ) <= 0
                -- The limit was one that drips: what was used is counted with the next use.
                when b.level is not null then f.amount = 0
                else v.level <= 0
            end
    )
$$;
