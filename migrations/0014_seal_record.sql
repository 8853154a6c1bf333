-- What the list of the record needs: one order, of time, which is that of the partitions too, and an index in it for each
-- filter. A name is looked for where no account has it any more, or none ever had.
create index audit_events_by_time on audit_events (at, id);
drop index audit_events_by_target;
create index audit_events_by_target on audit_events (target_id, at, id);
drop index audit_events_by_actor;
create index audit_events_by_actor on audit_events (actor_id, at, id);
drop index audit_events_by_action;
create index audit_events_by_action on audit_events (action, at, id);
create index audit_events_by_via on audit_events (via, at, id);
create index audit_events_by_actor_label on audit_events (lower(actor_label), at, id);
create index audit_events_by_target_label on audit_events (lower(target_label), at, id);

-- Up to which entry nothing is missing that may still be committed. See decision 14.
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
comment on column audit_horizon.pending_id is 'The last id that was given out when it was looked who else is writing.';
comment on column audit_horizon.pending_writers is 'Who was: their virtual transactions. Once they are done, every entry up to pending_id is there.';
insert into audit_horizon default values;

-- Nothing has been sealed before, so there is no row.
alter table audit_seals add column digests bytea not null;
alter table audit_seals add constraint audit_seals_digests_whole check (octet_length(digests) > 0 and octet_length(digests) % 40 = 0);
comment on column audit_seals.digests is 'Of each entry its id in 8 bytes, the largest first, and its SHA-256: to tell which one does not fit.';

create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete on audit_seals
for each row execute function refuse_audit_change();
create trigger append_only_truncate before truncate on audit_seals
for each statement execute function refuse_audit_change();
