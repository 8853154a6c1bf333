-- Usage of the host application, by month, and its sums by day.
create table usage_events (
    id uuid not null,
    at timestamptz not null,
    kind text not null,
    user_id uuid,
    token_id uuid,
    model text,
    metric text,
    requests bigint not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    cost_nanos bigint not null default 0,
    event_id text,
    conversation_id text,
    note text,
    actor_id uuid,
    created_at timestamptz not null default now(),
    constraint usage_events_pkey primary key (id, at),
    constraint usage_events_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint usage_events_kind_known check (kind in ('use', 'top_up', 'adjust', 'reset')),
    constraint usage_events_metric_set check ((kind = 'use') = (metric is null))
) partition by range (at);

comment on column usage_events.user_id is 'Null for a user who did not exist any more.';
comment on column usage_events.token_id is 'A plain id; null without a token.';
comment on column usage_events.metric is 'The limit that an entry of an administrator changes.';
comment on column usage_events.actor_id is 'A plain id; null for the operator and for uses.';
create index usage_events_by_time on usage_events (at, id);
create index usage_events_by_user on usage_events (user_id, at, id);
create index usage_events_by_token on usage_events (token_id, at) where token_id is not null;

create table usage_events_default partition of usage_events default;

-- Creates the partitions of a month and of the two after it, as ensure_audit_partitions does.
create function ensure_usage_partitions(starting_at timestamptz) returns void language plpgsql as $$
declare
    month_start timestamptz;
    partition_name text;
begin
    for step in 0..2 loop
        month_start := (date_trunc('month', starting_at at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
        partition_name := 'usage_events_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
        if to_regclass(partition_name) is null then
            execute format(
                'create table %I partition of usage_events for values from (%L) to (%L)',
                partition_name, month_start,
                (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC'
            );
        end if;
    end loop;
end $$;

select ensure_usage_partitions(now());

-- Drops the partitions of the months that ended before a time. Returns their number.
create function drop_usage_partitions(ended_before timestamptz) returns int language plpgsql as $$
declare
    partition_name text;
    dropped int := 0;
begin
    for partition_name in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'usage_events'::regclass and c.relname ~ '^usage_events_\d{4}_\d{2}$'
            and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= ended_before
    loop
        execute format('drop table %I', partition_name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

-- The ids of stored events, so that an event that is sent twice counts once, whatever its month.
create table usage_event_ids (
    user_id uuid,
    event_id text not null,
    created_at timestamptz not null,
    constraint usage_event_ids_key unique nulls not distinct (user_id, event_id),
    constraint usage_event_ids_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint usage_event_ids_length check (char_length(event_id) between 1 and 200)
);

create index usage_event_ids_by_time on usage_event_ids (created_at);

-- Sums of the uses of a day in UTC, written with each event. They stay when the events are dropped.
create table usage_daily (
    day date not null,
    user_id uuid,
    model text,
    requests bigint not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    cost_nanos bigint not null default 0,
    created_at timestamptz not null default now(),
    constraint usage_daily_key unique nulls not distinct (user_id, day, model),
    constraint usage_daily_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create index usage_daily_by_day on usage_daily (day, user_id);
