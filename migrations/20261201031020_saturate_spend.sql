-- As before, but sums saturate.
create or replace view user_spend_recount as
select distinct on (d.user_id) d.user_id, month_number(d.day) as month, saturated(sum(d.cost_nanos)) as nanos
from usage_daily d
where d.user_id is not null
group by d.user_id, month_number(d.day)
having sum(d.cost_nanos) <> 0
order by d.user_id, month_number(d.day) desc;

create or replace function apply_spend(owners uuid[], months int[], deltas bigint[]) returns void language plpgsql as $$
begin
    if cardinality(owners) > 1 then
        perform 1 from user_spend where user_id = any(owners) order by user_id for no key update;
    end if;
    update user_spend s set
        month = d.month,
        nanos = saturated(case when s.month = d.month then s.nanos else 0 end::numeric + d.delta)
    from (
        select distinct on (c.user_id) c.user_id, c.month, c.delta
        from unnest(owners, months, deltas) as c (user_id, month, delta)
        order by c.user_id, c.month desc
    ) d
    where s.user_id = d.user_id and d.month >= s.month;
end $$;

create or replace function count_new_spend() returns trigger language plpgsql as $$
begin
    perform apply_spend(array_agg(user_id), array_agg(month), array_agg(delta))
    from (
        select user_id, month_number(day) as month, saturated(sum(cost_nanos)) as delta
        from new_rows
        where user_id is not null
        group by 1, 2
        having sum(cost_nanos) <> 0
    ) as d
    having count(*) > 0;
    return null;
end $$;

create or replace function count_changed_spend() returns trigger language plpgsql as $$
begin
    perform apply_spend(array_agg(user_id), array_agg(month), array_agg(delta))
    from (
        select user_id, month_number(day) as month, saturated(sum(nanos)) as delta
        from (
            select user_id, day, cost_nanos as nanos from new_rows
            union all
            select user_id, day, -cost_nanos from old_rows
        ) as changes
        where user_id is not null
        group by 1, 2
        having sum(nanos) <> 0
    ) as d
    having count(*) > 0;
    return null;
end $$;
