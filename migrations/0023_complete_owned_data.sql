-- What FOVEA's interface reads of a persona and its ontology.
alter table personas
    add column is_system_generated boolean not null default false,
    add column updated_at timestamptz;
update personas set updated_at = created_at;
alter table personas
    alter column updated_at set default now(),
    alter column updated_at set not null;
comment on column personas.is_system_generated is 'The host application has made it, and not its user.';

alter table ontologies add column updated_at timestamptz;
update ontologies set updated_at = created_at;
alter table ontologies
    alter column updated_at set default now(),
    alter column updated_at set not null;

-- The list that an ontology has under a name; an empty one where there is something else, or nothing.
create function list_in(content jsonb, name text) returns jsonb language sql immutable as $$
    select case when jsonb_typeof(content -> name) = 'array' then content -> name else '[]' end
$$;

-- As before, and when a session would have ended at the latest.
create or replace view ended_sessions as
select
    s.id, s.user_id, u.username, u.display_name, s.device, s.user_agent, s.ip, s.created_at, s.last_seen_at,
    least(s.idle_expires_at, s.expires_at) as ends_at, s.ended_at, s.ended_reason, e.username as ended_by, s.expires_at
from sessions s
join users u on u.id = s.user_id
left join users e on e.id = s.ended_by
where s.ended_at > now() - interval '30 days';
