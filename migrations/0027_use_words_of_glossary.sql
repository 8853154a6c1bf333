-- Names of functions, triggers, views, indexes, constraints and columns as the glossary has them.
alter function refuse_audit_change() rename to deny_audit_change;
alter function refuse_delete_of_live_user() rename to deny_purge_of_live_user;
alter function refuse_role_change() rename to deny_role_change;
alter function roles_granted() rename to count_role_assigned;
alter function roles_taken() rename to count_role_revoked;
alter function tell_sessions() rename to notify_sessions_changed;
alter function tell_roles_taken() rename to notify_role_revoked;
alter function look_of(text) rename to skeleton_of;

alter trigger by_way_of_the_bin on users rename to deny_purge_of_live_user;
alter trigger granted_or_taken on user_roles rename to deny_role_change;
alter trigger roles_granted on user_roles rename to count_role_assigned;
alter trigger roles_taken on user_roles rename to count_role_revoked;
alter trigger tell_roles_taken on user_roles rename to notify_role_revoked;
alter trigger tell_begun on sessions rename to notify_session_started;
alter trigger tell_ended on sessions rename to notify_session_ended;

-- The bodies of functions are text: these name what has another name now.
create or replace function deny_purge_of_live_user() returns trigger language plpgsql as $$
begin
    raise exception 'user % is not deleted', old.id using errcode = 'check_violation',
        constraint = 'users_purged_only_when_deleted';
end $$;

create or replace function deny_role_change() returns trigger language plpgsql as $$
begin
    raise exception 'a role assignment is inserted or deleted, not updated' using errcode = 'check_violation';
end $$;

drop function ensure_audit_partitions(timestamptz);

-- Creates the partitions of a month and of the two after it. The migrations call it, and the server does once a day, so that
-- a month exists before its first entry.
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

alter view able_admins rename to active_admins;
alter view able_people rename to active_users;

alter index users_in_bin rename to users_deleted;
alter index users_by_look rename to users_by_skeleton;
alter index users_claims_to_settle rename to users_unverified_emails;
alter index jobs_waiting rename to jobs_unfinished;
alter index api_keys_of_people rename to api_keys_of_users;

alter table users rename column claimed_email to unverified_email;
alter table users rename column claim_settled_at to unverified_email_resolved_at;
alter table users rename column suspended_reason_told to suspended_reason_visible;
alter table users rename constraint users_claimed_email_length to users_unverified_email_length;
alter table jobs rename column put_offs to timeouts;
alter table idempotency_keys rename column kept_until to expires_at;

comment on column users.unverified_email is
    'The email address that the user entered for themselves, until it is the address of the account.';
comment on column users.unverified_email_resolved_at is
    'When another account was found to have the unverified address; null while it is not compared yet.';
comment on column users.suspended_reason_visible is 'Whether a sign-in shows the reason to the user.';
comment on column users.registered_from is 'The address of a pending registration; null once it is approved.';
comment on column jobs.timeouts is 'How many times in a row the next piece took too long.';
