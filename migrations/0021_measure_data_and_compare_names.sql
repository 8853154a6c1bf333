-- How long each content is: a page and an owner's total are bounded by it without reading the contents themselves.
alter table ontologies add column content_bytes int not null generated always as (octet_length(content::text)) stored;
alter table annotations add column content_bytes int not null generated always as (octet_length(content::text)) stored;

-- The total of an owner is read from the index alone.
drop index annotations_by_user;
create index annotations_by_user on annotations (user_id, id) include (content_bytes);

-- How a username looks. The server stores it for names outside of ASCII, of which PostgreSQL does not know it; for others
-- the letters are enough that look alike in most fonts.
alter table users add column username_skeleton text;
comment on column users.username_skeleton is 'The skeleton by Unicode UTS 39 of a username outside of ASCII.';

create function look_of(username text) returns text language sql immutable strict parallel safe as $$
    select replace(translate(lower(username), '01', 'ol'), 'm', 'rn')
$$;

create index users_by_look on users (coalesce(username_skeleton, look_of(username)));
