-- Costs are added by the row, because a use changes one sum of one user: collecting the changed rows of a statement and planning their sum
-- took most of the time of a use. The sums in a statement of the server are those of one user, so two statements lock no users in a circle.

-- Adds costs to those of a user. Costs of an earlier month than the stored one do not count.
drop function apply_spend(uuid[], int[], bigint[]);
create function apply_spend(owner uuid, spent_in int, delta bigint) returns void language plpgsql as $$
begin
    update user_spend s set
        month = spent_in,
        nanos = saturated(case when s.month = spent_in then s.nanos else 0 end::numeric + delta)
    where s.user_id = owner and s.month <= spent_in and delta <> 0;
end $$;

create or replace function count_new_spend() returns trigger language plpgsql as $$
begin
    perform apply_spend(new.user_id, month_number(new.day), new.cost_nanos);
    return null;
end $$;

create or replace function count_changed_spend() returns trigger language plpgsql as $$
begin
    if new.user_id = old.user_id and month_number(new.day) = month_number(old.day) then
        perform apply_spend(new.user_id, month_number(new.day), new.cost_nanos - old.cost_nanos);
    else
        perform apply_spend(old.user_id, month_number(old.day), -old.cost_nanos);
        perform apply_spend(new.user_id, month_number(new.day), new.cost_nanos);
    end if;
    return null;
end $$;

create or replace trigger count_new_spend after insert on usage_daily
for each row when (new.cost_nanos <> 0) execute function count_new_spend();
create or replace trigger count_changed_spend after update on usage_daily
for each row when ((old.user_id, old.day, old.cost_nanos) is distinct from (new.user_id, new.day, new.cost_nanos))
execute function count_changed_spend();
