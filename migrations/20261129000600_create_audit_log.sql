-- The audit log: append-only, by month, sealed.
create table audit_events (
    id bigint generated always as identity,
    at timestamptz not null,
    actor_id uuid,
    actor_label text not null,
    via text not null,
    token_id uuid,
    token_label text,
    action text not null,
    target_kind text not null,
    target_id uuid,
    target_label text not null,
    changes jsonb not null default '{}',
    reason text,
    parent_id bigint,
    ip inet,
    request_id uuid,
    created_at timestamptz not null default now(),
    constraint audit_events_pkey primary key (id, at),
    constraint audit_events_via_known check (via in ('ui', 'api', 'cli', 'job', 'self'))
) partition by range (at);

comment on column audit_events.token_id is 'The access token of the request, a plain id; null without one.';
comment on column audit_events.token_label is 'The name of the token at that time.';
comment on column audit_events.parent_id is
    'The entry of the action on many that this one is part of: it has the count, and the default list shows it alone.';

-- The list has one order, of time, which is that of the partitions too, and an index in it for each filter. A name is looked for
-- where no account has it any more, or none ever had.
create index audit_events_by_time on audit_events (at, id);
create index audit_events_by_target on audit_events (target_id, at, id);
create index audit_events_by_actor on audit_events (actor_id, at, id);
create index audit_events_by_action on audit_events (action, at, id);
create index audit_events_by_target_label on audit_events (name_key(target_label), at, id);
create index audit_events_by_parent on audit_events (parent_id, at, id) where parent_id is not null;
-- Only the list without an actor and a source says that the time is later than '-infinity' and so reads this index. For an actor
-- whose latest entries are many beneath one, the planner would take it too, and look at every other entry of the month.
create index audit_events_top on audit_events (at, id) where parent_id is null and at > '-infinity';
create index audit_events_top_by_actor on audit_events (actor_id, at, id) where parent_id is null;
create index audit_events_top_by_via on audit_events (via, at, id) where parent_id is null;
create index audit_events_top_by_actor_label on audit_events (name_key(actor_label), at, id) where parent_id is null;

create function deny_audit_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete on audit_events
for each row execute function deny_audit_change();
create trigger append_only_truncate before truncate on audit_events
for each statement execute function deny_audit_change();

create table audit_events_default partition of audit_events default;
create trigger append_only_truncate before truncate on audit_events_default
for each statement execute function deny_audit_change();

-- Creates the partitions of a month and of the two after it. This migration calls it, and the server does once a day, so that a
-- month exists before its first entry.
create function ensure_audit_partitions(starting_at timestamptz) returns void language plpgsql as $$
declare
    month_start timestamptz;
    partition_name text;
begin
    for step in 0..2 loop
        month_start := (date_trunc('month', starting_at at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
        partition_name := 'audit_events_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
        if to_regclass(partition_name) is null then
            execute format(
                'create table %I partition of audit_events for values from (%L) to (%L)',
                partition_name, month_start,
                (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC'
            );
            execute format(
                'create trigger append_only_truncate before truncate on %I'
                ' for each statement execute function deny_audit_change()', partition_name
            );
        end if;
    end loop;
end $$;

select ensure_audit_partitions(now());

-- Up to which entry none is missing that may still be committed. See decision 14.
create table audit_horizon (
    id int not null default 1,
    finished_id bigint not null default 0,
    pending_id bigint,
    pending_writers text[] not null default '{}',
    created_at timestamptz not null default now(),
    constraint audit_horizon_pkey primary key (id),
    constraint audit_horizon_alone check (id = 1),
    constraint audit_horizon_order check (pending_id >= finished_id)
);

comment on column audit_horizon.pending_id is 'The last id that was given out when the writers were listed.';
comment on column audit_horizon.pending_writers is
    'The virtual transactions of the writers. Once they are done, every entry up to pending_id is there.';
insert into audit_horizon default values;

create table audit_seals (
    id bigint generated always as identity,
    from_id bigint not null,
    to_id bigint not null,
    root bytea not null,
    prev_root bytea,
    digests bytea not null,
    at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint audit_seals_pkey primary key (id),
    constraint audit_seals_from_id_key unique (from_id),
    constraint audit_seals_order check (from_id <= to_id),
    constraint audit_seals_digests_whole check (octet_length(digests) > 0 and octet_length(digests) % 40 = 0)
);

comment on column audit_seals.digests is
    'Of each entry its id in 8 bytes, the largest first, and its SHA-256: they name the entry that does not fit.';

create trigger append_only before update or delete on audit_seals
for each row execute function deny_audit_change();
create trigger append_only_truncate before truncate on audit_seals
for each statement execute function deny_audit_change();
