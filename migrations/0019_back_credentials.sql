-- A credential that works later is worth what its creator can do now, and a password that somebody else has chosen is never
-- kept.
alter table users add column password_set_by uuid;
comment on column users.password_set_by is
    'Who set the temporary password, a plain id; null where the operator did, or where the password is the user''s own.';
alter table users add column known_password_hashes text[] not null default '{}';
comment on column users.known_password_hashes is
    'Hashes of the latest passwords that somebody else has set: the user cannot choose one of them.';

-- Of a temporary password that was there before, the audit log says who set it.
update users u set
    known_password_hashes = array[u.password_hash],
    password_set_by = case
        when e.id is null then u.created_by
        else e.actor_id
    end
from users v
left join lateral (
    select a.id, a.actor_id from audit_events a
    where a.target_id = v.id and a.action = 'user.updated' and a.changes ? 'password'
    order by a.at desc, a.id desc limit 1
) as e on true
where v.id = u.id and u.must_change_password and u.password_hash is not null;

-- An action on many is one entry, with an entry for each user beneath it.
alter table audit_events add column parent_id bigint;
comment on column audit_events.parent_id is
    'The entry of the action on many that this one is part of: it has the count, and the default list shows it alone.';
create index audit_events_by_parent on audit_events (parent_id, at, id) where parent_id is not null;
-- Only the list without an actor and a source says that the time is later than '-infinity' and so reads this index. For an actor
-- whose latest entries are many beneath one, the planner would take it too, and look at every other entry of the month.
create index audit_events_top on audit_events (at, id) where parent_id is null and at > '-infinity';
create index audit_events_top_by_actor on audit_events (actor_id, at, id) where parent_id is null;
drop index audit_events_by_via;
create index audit_events_top_by_via on audit_events (via, at, id) where parent_id is null;
drop index audit_events_by_actor_label;
create index audit_events_top_by_actor_label on audit_events (lower(actor_label), at, id) where parent_id is null;
