-- Host applications, which have the role `application`, ask for and count what users do.
update roles
set permissions = permissions || '{limits:consume}'::text[], version = version + 1
where builtin_kind = 'application' and not permissions @> '{limits:consume}';
