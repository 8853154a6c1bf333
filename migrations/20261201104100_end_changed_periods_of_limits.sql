-- The end of the first period of a limit; null if that does not end. Calendar periods and months are those in UTC, because PostgreSQL can
-- lack the time zone of the limit: the end can be a day off.
create function first_period_end(period text, anchor timestamptz) returns timestamptz language sql stable as $$
    select case
        when period = 'total' or period like 'drip:%' then null
        when period like 'calendar:%' then (
            date_trunc(split_part(period, ':', 2), anchor at time zone 'UTC') + ('1 ' || split_part(period, ':', 2))::interval
        ) at time zone 'UTC'
        else (anchor at time zone 'UTC' + replace(period, 'mo', 'mon')::interval) at time zone 'UTC'
    end
$$;

-- Whether what a balance has counts at a time: neither its period has ended nor, if the limit has another one since, the first of those.
create function balance_counts(balance balances, period text, anchor timestamptz, time_zone text, asked_at timestamptz) returns boolean
language sql stable as $$
    select (balance).level is not null or coalesce((balance).period_end > asked_at, true) and not coalesce(
        (balance).period <> concat_ws(' ', period, extract(epoch from anchor)::bigint, time_zone)
            and anchor >= (balance).period_start and first_period_end(period, anchor) <= asked_at,
        false
    )
$$;

-- As before, but a balance whose limit has another period since ends with the first one of those.
create or replace function users_over_limit(asked_metric text, asked_at timestamptz) returns table (user_id uuid) language sql stable as $$
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
            and balance_counts(b, a.period, a.anchor, a.time_zone, asked_at)
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
            and balance_counts(b, f.period, f.anchor, f.time_zone, asked_at)
        where
            f.holder = 'user' and f.metric = asked_metric and f.model is null and f.amount is not null
            and is_used_up(f.amount, f.period, b, asked_at)
    )
$$;
