-- No username is the email address of another user, and no address is the username of another one: a text that names both would
-- name the wrong one. A unique index cannot express that, because one user can have the same text as both.
create function claim_names() returns trigger language plpgsql as $$
declare
    is_username_new boolean := new.username is distinct from old.username and new.username like '%@%';
    is_email_new boolean := new.email is distinct from old.email and new.email is not null;
begin
    -- Of two transactions with the same name one waits for the other here, and each statement below sees what is committed by then.
    -- The locks are shared out among 256 keys, in their order, so that a statement with many users takes no more.
    perform pg_advisory_xact_lock(hashtext('rollcall.names'), k.key)
    from (
        select distinct hashtext(name_key(n.name)) & 255 as key
        from unnest(array[case when is_username_new then new.username end, case when is_email_new then new.email end]) as n (name)
        where n.name is not null
        order by key
    ) as k;
    if is_username_new and (
        exists (
            select from users u
            where u.email is not null and name_key(u.email) = name_key(new.username) and u.id <> new.id
        )
        -- A pending account reserves no address.
        or exists (
            select from users u
            where u.unverified_email is not null and name_key(u.unverified_email) = name_key(new.username) and u.id <> new.id
                and u.status <> 'pending'
        )
    ) then
        raise exception 'the username is the email address of another user' using errcode = 'unique_violation',
            constraint = 'users_username_key';
    end if;
    if is_email_new and exists (
        select from users u where name_key(u.username) = name_key(new.email) and u.id <> new.id
    ) then
        raise exception 'the email address is the username of another user' using errcode = 'unique_violation',
            constraint = 'users_email_key';
    end if;
    return null;
end $$;

-- Each row that the statement changes is checked after all of them.
create trigger claim_names after insert or update of username, email on users for each row execute function claim_names();
