-- Names as users write them: stored composed, compared by full case folding, found without accents, listed in the order of the
-- Unicode collation. All of it by ICU, the same whatever the locale of the database. Bodies are SQL-standard, so that they are
-- bound to their functions and collations when they are created, not when an index is restored from a dump.

-- Full case folding, by way of the capitals: in them ß is SS, and neither sigma nor the Turkish i has two forms.
create function case_fold(value text) returns text language sql immutable strict parallel safe
return translate(replace(lower(upper(value collate "und-x-icu")), 'ß', 'ss'), 'ς', 'σ');

-- The key of a name: two with the same key are one name. Accents count, a dot on an i does not.
create function name_key(name text) returns text language sql immutable strict parallel safe
return normalize(replace(case_fold(normalize(name, nfc)), E'i\u0307', 'i'), nfc);

-- A text as a search compares it: without case, accents, vowel points and invisible characters, with plain quotes and hyphens,
-- in compatible forms and with single spaces. `domain::text::search_fold` is the same.
create function search_fold(value text) returns text language sql immutable strict parallel safe
return normalize(
    regexp_replace(
        regexp_replace(
            replace(
                replace(
                    replace(
                        translate(
                            -- An acute alone is a space with an accent in compatible forms: typed, it is a quote.
                            case_fold(normalize(replace(value, E'\u00b4', ''''), nfkd)),
                            E'\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc`'
                            '\u201c\u201d\u201e\u201f\u2033'
                            '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
                            'øłđðħŧ',
                            repeat('''', 9) || repeat('"', 5) || repeat('-', 7) || 'olddht'
                        ),
                        'æ', 'ae'
                    ),
                    'œ', 'oe'
                ),
                'þ', 'th'
            ),
            '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670'
            '\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060-\u2064'
            '\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
            '', 'g'
        ),
        '[\t-\r \u0085\u1680\u2028\u2029]+', ' ', 'g'
    ),
    nfkc
);

-- The text of a user that is searched: a line for each of username, display name and email, each word after a space. All are
-- folded at once, with a sign between them that no name has and that folds to itself.
create function search_text(username text, display_name text, email text) returns text
language sql immutable parallel safe
return ' ' || replace(
    search_fold(username || E'\u001f' || display_name || E'\u001f' || coalesce(email, '')), E'\u001f', E' \n '
) || ' ';

-- What an index finds a text by: from each character of a word the next six, and the first two of the word after a `^`. What
-- is left at the end of a word counts from three characters on, of Chinese, Japanese and Korean from two.
create function search_grams(search text) returns tsvector language plpgsql immutable strict parallel safe as $$
declare
    grams text[] := '{}';
    word text;
begin
    foreach word in array string_to_array(translate(search, E'\n', ' '), ' ') loop
        continue when word = '';
        grams := grams || ('^' || left(word, 2));
        for start in 1 .. char_length(word) - 2 loop
            grams := grams || substr(word, start, 6);
        end loop;
        if right(word, 2)
            ~ '^[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff].'
        then
            grams := grams || right(word, 2);
        end if;
    end loop;
    return array_to_tsvector(grams);
end $$;

-- What is there becomes as it would be stored now.
create function tidy(typed text) returns text language sql immutable strict parallel safe
return normalize(
    btrim(regexp_replace(typed, '[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')),
    nfc
);

update users set username = tidy(username)
where username <> tidy(username) and char_length(tidy(username)) >= 3;
update users set display_name = tidy(display_name)
where display_name <> tidy(display_name) and tidy(display_name) <> '';
update users set email = tidy(email)
where email <> tidy(email) and char_length(tidy(email)) >= 3;
update users set claimed_email = tidy(claimed_email)
where claimed_email <> tidy(claimed_email) and char_length(tidy(claimed_email)) >= 3;
update access_tokens set name = tidy(name) where name <> tidy(name) and tidy(name) <> '';
update api_keys set name = tidy(name) where name <> tidy(name) and tidy(name) <> '';

-- Names that were different until now and are one from now on: the operator decides which of them is called otherwise.
do $$
declare
    collisions text;
begin
    select string_agg(names, '; ') into collisions
    from (
        select string_agg(format('%s (user number %s)', username, number), ', ' order by number) as names
        from users group by name_key(username) having count(*) > 1 order by min(number) limit 20
    ) as found;
    if collisions is not null then
        raise exception 'Some usernames differ only in how their letters are written: %', collisions
        using
            errcode = 'unique_violation',
            hint = 'Give all but one of each another name, such as: update users set username = ''another'' where number = 7;'
            ' Then migrate again.';
    end if;
    select string_agg(addresses, '; ') into collisions
    from (
        select string_agg(format('%s (user number %s)', email, number), ', ' order by number) as addresses
        from users where email is not null group by name_key(email) having count(*) > 1 order by min(number) limit 20
    ) as found;
    if collisions is not null then
        raise exception 'Some email addresses differ only in how their letters are written: %', collisions
        using
            errcode = 'unique_violation',
            hint = 'Remove all but one of each, such as: update users set email = null where number = 7; Then migrate again.';
    end if;
end $$;

drop function tidy;

drop index users_username_key;
create unique index users_username_key on users (name_key(username));
drop index users_email_key;
create unique index users_email_key on users (name_key(email)) where email is not null;

-- The order of a reader: letters before accents, accents before case.
drop index users_by_username;
create index users_by_username on users (username collate "und-x-icu", id) where deleted_at is null;
drop index users_by_name;
create index users_by_name on users (display_name collate "und-x-icu", id) where deleted_at is null;
drop index users_by_email;
create index users_by_email on users (coalesce(email, '') collate "und-x-icu", id) where deleted_at is null;

drop index audit_events_top_by_actor_label;
create index audit_events_top_by_actor_label on audit_events (name_key(actor_label), at, id) where parent_id is null;
drop index audit_events_by_target_label;
create index audit_events_by_target_label on audit_events (name_key(target_label), at, id);

-- Only names in ASCII have a look without a skeleton.
drop index users_by_look;
create or replace function look_of(username text) returns text language sql immutable strict parallel safe
return replace(translate(lower(username collate "C"), '01', 'ol'), 'm', 'rn');
create index users_by_look on users (coalesce(username_skeleton, look_of(username)));

alter table roles drop constraint roles_name_lower;
alter table roles add constraint roles_name_lower check (name = lower(name collate "und-x-icu"));

-- What is searched, apart from users: signing in changes an indexed column there, and with it every index of the row.
create table user_search (
    user_id uuid not null,
    deleted boolean not null,
    search text not null,
    grams tsvector not null generated always as (search_grams(search)) stored,
    created_at timestamptz not null default now(),
    constraint user_search_pkey primary key (user_id),
    constraint user_search_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

comment on column user_search.search is 'The result of search_text.';
comment on column user_search.deleted is 'Whether the user is deleted: the index does not find them.';
-- So that the planner knows which words have many hits.
alter table user_search alter column grams set statistics 1000;

insert into user_search (user_id, deleted, search, created_at)
select id, deleted_at is not null, search_text(username, display_name, email), created_at from users;

create index user_search_grams on user_search using gin (grams) with (fastupdate = off) where not deleted;

create function add_user_search() returns trigger language plpgsql as $$
begin
    insert into user_search (user_id, deleted, search, created_at)
    select id, deleted_at is not null, search_text(username, display_name, email), created_at from new_rows;
    return null;
end $$;

create trigger add_search after insert on users
referencing new table as new_rows for each statement execute function add_user_search();

create function set_user_search() returns trigger language plpgsql as $$
begin
    update user_search
    set deleted = new.deleted_at is not null, search = search_text(new.username, new.display_name, new.email)
    where user_id = new.id;
    return null;
end $$;

-- For each row, because only such a trigger can be for some columns: a sign-in does not run it.
create trigger set_search after update of username, display_name, email, deleted_at on users
for each row when (
    (old.username, old.display_name, old.email, old.deleted_at is null)
    is distinct from (new.username, new.display_name, new.email, new.deleted_at is null)
)
execute function set_user_search();

drop index users_search;
alter table users drop column search;
