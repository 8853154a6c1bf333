-- Deletions of roles, groups and features by jobs that are not finished. The condition is that of the index jobs_deletion_key.
create view running_deletions as
select j.id, j.kind, j.params ->> 'object_id' as object_id, j.done, j.created_at
from jobs j
where j.kind in ('delete_role', 'delete_group', 'delete_feature') and j.state in ('queued', 'running');
