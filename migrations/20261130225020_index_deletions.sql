-- no-transaction
-- One deletion of a role or a group at a time, however often it is asked for and on however many replicas.
create unique index concurrently jobs_deletion_key on jobs ((params ->> 'object_id'))
    where kind in ('delete_role', 'delete_group') and state in ('queued', 'running');
