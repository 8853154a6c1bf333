-- no-transaction
-- One deletion of a role, a group or a feature at a time, however often it is asked for and on however many replicas.
create unique index concurrently jobs_deletion_key on jobs ((params ->> 'object_id'))
    where kind in ('delete_role', 'delete_group', 'delete_feature') and state in ('queued', 'running');
