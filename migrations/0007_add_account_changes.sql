-- What suspending, deleting, restoring and resetting need beside the first tables.
alter table users add column suspended_reason_told boolean not null default false;
comment on column users.suspended_reason_told is 'Whether the person is told the reason when they try to sign in.';
alter table users add constraint users_suspended_reason_length check (char_length(suspended_reason) <= 500);

-- Suspensions that lift themselves.
create index users_suspension_ends on users (suspended_until)
where status = 'suspended' and suspended_until is not null and deleted_at is null;
-- The bin, latest first.
create index users_in_bin on users (deleted_at, id) where deleted_at is not null;

-- One purge for each person, however often it is asked for and on however many replicas.
create unique index jobs_purge_key on jobs ((params ->> 'user_id')) where kind = 'purge';
