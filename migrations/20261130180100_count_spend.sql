-- The expected costs: the oracle of `rollcall doctor`.
create view user_spend_recount as
select distinct on (d.user_id) d.user_id, month_number(d.day) as month, sum(d.cost_nanos)::bigint as nanos
from usage_daily d
where d.user_id is not null
group by d.user_id, month_number(d.day)
having sum(d.cost_nanos) <> 0
order by d.user_id, month_number(d.day) desc;

-- Adds costs to those of their users. Costs of an earlier month than the stored one do not count. Rows are locked in id order.
create function apply_spend(owners uuid[], months int[], deltas bigint[]) returns void language plpgsql as $$
begin
    if cardinality(owners) > 1 then
        perform 1 from user_spend where user_id = any(owners) order by user_id for no key update;
    end if;
    update user_spend s set
        month = d.month,
        nanos = case when s.month = d.month then s.nanos else 0 end + d.delta
    from (
        select distinct on (c.user_id) c.user_id, c.month, c.delta
        from unnest(owners, months, deltas) as c (user_id, month, delta)
        order by c.user_id, c.month desc
    ) d
    where s.user_id = d.user_id and d.month >= s.month;
end $$;

create function count_new_spend() returns trigger language plpgsql as $$
begin
    perform apply_spend(array_agg(user_id), array_agg(month), array_agg(delta))
    from (
        select user_id, month_number(day) as month, sum(cost_nanos)::bigint as delta
        from new_rows
        where user_id is not null
        group by 1, 2
        having sum(cost_nanos) <> 0
    ) as d
    having count(*) > 0;
    return null;
end $$;

create function count_changed_spend() returns trigger language plpgsql as $$
begin
    perform apply_spend(array_agg(user_id), array_agg(month), array_agg(delta))
    from (
        select user_id, month_number(day) as month, sum(nanos)::bigint as delta
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

-- A sum of a day is deleted only together with its user.
create trigger count_new_spend after insert on usage_daily
referencing new table as new_rows for each statement execute function count_new_spend();
create trigger count_changed_spend after update on usage_daily
referencing old table as old_rows new table as new_rows for each statement execute function count_changed_spend();
