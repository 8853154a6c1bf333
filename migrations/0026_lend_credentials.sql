-- What an access token has set or created is worth what the token lends, and nothing once the token is over.
alter table users add column password_set_with uuid;
comment on column users.password_set_with is
    'The access token with which the temporary password was set, a plain id; null where it was set without one.';
alter table one_time_links add column created_with uuid;
comment on column one_time_links.created_with is
    'The access token with which the link was created, a plain id; null where it was created without one.';

-- Of a temporary password that was there before, the audit log says with which token it was set.
update users u set password_set_with = e.token_id
from users v
cross join lateral (
    select a.token_id from audit_events a
    where a.target_id = v.id and (a.action = 'user.created' or (a.action = 'user.updated' and a.changes ? 'password'))
    order by a.at desc, a.id desc limit 1
) as e
where v.id = u.id and u.must_change_password and u.password_set_by is not null and e.token_id is not null;
