-- Roles, groups and features on which many rows depend are deleted by jobs.
alter table jobs
    drop constraint jobs_kind_known,
    add constraint jobs_kind_known check (kind in ('purge', 'rotate_keys', 'delete_role', 'delete_group', 'delete_feature')) not valid;
