-- The version of an access token, so that a change is not based on outdated values.
alter table access_tokens add column version int not null default 1;

comment on column access_tokens.version is 'Incremented by each edit of a virtual key.';
