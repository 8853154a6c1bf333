-- Long work is looked at: which there is, how far it has come, and what went wrong.
alter table jobs add column progressed_at timestamptz;
comment on column jobs.progressed_at is 'When the last piece of it was done: so what stands still is told from what goes on.';
comment on column jobs.error is 'Why it failed, in words for people.';

-- Nothing can be called off.
alter table jobs drop constraint jobs_state_known;
alter table jobs add constraint jobs_state_known check (state in ('queued', 'running', 'done', 'failed'));
alter table jobs add constraint jobs_kind_known check (kind in ('purge', 'rotate_keys'));
alter table jobs add constraint jobs_ended check ((finished_at is null) = (state in ('queued', 'running')));
alter table jobs add constraint jobs_error_of_failed check ((error is null) = (state <> 'failed'));

-- Whose account it was stays known once there is none any more.
update jobs j set params = j.params || jsonb_build_object('username', u.username)
from users u where j.kind = 'purge' and u.id = (j.params ->> 'user_id')::uuid;

-- What is under way first, then the newest.
create index jobs_listed on jobs ((finished_at is null), id);
create index jobs_by_state on jobs (state, id);
create index jobs_done on jobs (finished_at) where state = 'done';

-- Encrypting all keys anew is one job until it is done, however often it is begun.
create unique index jobs_rotation_key on jobs (kind) where kind = 'rotate_keys' and state <> 'done';
