-- Roles that are edited in Rollcall: a label, a description, and the version that a change is based on.
alter table roles
    add column label text,
    add column description text not null default '',
    add column version int not null default 1,
    add column updated_at timestamptz not null default now(),
    add constraint roles_label_length check (char_length(label) between 1 and 100) not valid,
    add constraint roles_description_length check (char_length(description) <= 500) not valid,
    -- Administrators without their permissions would be none, although they hold the role.
    add constraint roles_admin_unlimited check (builtin_kind is distinct from 'admin' or '*' = any(permissions)) not valid;

comment on column roles.label is 'Name for display; null for the name itself.';

-- A running list of sessions must end when the role of its user no longer permits it.
create trigger notify_permissions_changed after update of permissions on roles
for each statement execute function notify_role_revoked();
