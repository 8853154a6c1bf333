-- Number of the calendar month of a day.
create function month_number(day date) returns int language sql immutable parallel safe as $$
    select (extract(year from day)::int - 2000) * 12 + extract(month from day)::int - 1
$$;

-- Order of users by costs: those with costs in a later month come last, and then those with higher costs. A month has room for nine
-- million dollars; above that, the order is that of the ids.
create function spend_rank(month int, nanos bigint) returns bigint language sql immutable parallel safe as $$
    select (month::bigint << 53) + least(nanos, 9007199254740991)
$$;

-- Costs of each user in the latest calendar month with costs, for the list of users. Those of an earlier month than the present one do not
-- count, so nothing has to reset them. Uses change a row all the time. In user_stats that would add an entry to each of its indexes, and
-- uses would wait for changes of roles.
create table user_spend (
    user_id uuid not null,
    month int not null default 0,
    nanos bigint not null default 0,
    deleted boolean not null default false,
    created_at timestamptz not null default now(),
    constraint user_spend_pkey primary key (user_id)
);

comment on column user_spend.month is 'Number of the month in UTC: January 2000 has 0.';
comment on column user_spend.nanos is 'Costs of the month, in billionths of a dollar.';
comment on column user_spend.deleted is 'Whether the user is deleted, as in user_stats.';
create index user_spend_by_rank on user_spend (spend_rank(month, nanos), user_id) where not deleted;

create function add_user_spend_rows() returns trigger language plpgsql as $$
begin
    insert into user_spend (user_id, deleted, created_at)
    select id, deleted_at is not null, created_at from new_rows;
    return null;
end $$;

create trigger add_spend after insert on users
referencing new table as new_rows for each statement execute function add_user_spend_rows();

-- A user was deleted or restored. The row can be missing while the next migrations run.
create function mark_deleted_spend() returns trigger language plpgsql as $$
begin
    insert into user_spend (user_id, deleted) values (new.id, new.deleted_at is not null)
    on conflict (user_id) do update set deleted = excluded.deleted;
    return null;
end $$;

create trigger mark_deleted_spend after update on users
for each row when ((old.deleted_at is null) <> (new.deleted_at is null)) execute function mark_deleted_spend();
