-- The record: what was changed, by whom, and the work that goes on in the background.
create table audit_events (
    id bigint generated always as identity,
    at timestamptz not null,
    actor_id uuid,
    actor_label text not null,
    via text not null,
    action text not null,
    target_kind text not null,
    target_id uuid,
    target_label text not null,
    changes jsonb not null default '{}',
    reason text,
    ip inet,
    request_id uuid,
    created_at timestamptz not null default now(),
    constraint audit_events_pkey primary key (id, at),
    constraint audit_events_via_known check (via in ('ui', 'api', 'cli', 'job', 'self'))
) partition by range (at);

create index audit_events_by_target on audit_events (target_id, id);
create index audit_events_by_actor on audit_events (actor_id, id);
create index audit_events_by_action on audit_events (action, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete on audit_events
for each row execute function refuse_audit_change();
create trigger append_only_truncate before truncate on audit_events
for each statement execute function refuse_audit_change();

create table audit_events_default partition of audit_events default;
create trigger append_only_truncate before truncate on audit_events_default
for each statement execute function refuse_audit_change();

-- Makes the partitions of a month and the two after it. Called by the migration and daily by the server,
-- so that a month always exists before its first entry.
create function ensure_audit_partitions(moment timestamptz) returns void language plpgsql as $$
declare
    month_start timestamptz;
    partition_name text;
begin
    for step in 0..2 loop
        month_start := (date_trunc('month', moment at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
        partition_name := 'audit_events_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
        if to_regclass(partition_name) is null then
            execute format(
                'create table %I partition of audit_events for values from (%L) to (%L)',
                partition_name, month_start,
                (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC'
            );
            execute format(
                'create trigger append_only_truncate before truncate on %I'
                ' for each statement execute function refuse_audit_change()', partition_name
            );
        end if;
    end loop;
end $$;

select ensure_audit_partitions(now());

create table audit_seals (
    id bigint generated always as identity,
    from_id bigint not null,
    to_id bigint not null,
    root bytea not null,
    prev_root bytea,
    at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint audit_seals_pkey primary key (id),
    constraint audit_seals_from_id_key unique (from_id),
    constraint audit_seals_order check (from_id <= to_id)
);

create table jobs (
    id uuid not null,
    kind text not null,
    params jsonb not null default '{}',
    state text not null default 'queued',
    done bigint not null default 0,
    total bigint,
    error text,
    created_by uuid,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    constraint jobs_pkey primary key (id),
    constraint jobs_state_known check (state in ('queued', 'running', 'done', 'failed', 'cancelled'))
);

create index jobs_waiting on jobs (created_at) where state in ('queued', 'running');
