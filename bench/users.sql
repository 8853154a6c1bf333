-- Prepares a database of demo users for the benchmarks. Run by psql with these environment variables:
\getenv fingerprint BENCH_FINGERPRINT
-- BENCH_ACCOUNTS: number of users that can sign in. BENCH_PASSWORD: password of the admin, copied to them.
\getenv accounts BENCH_ACCOUNTS
\getenv password BENCH_PASSWORD

begin;

create schema bench;

-- The password hash was created by the product itself.
create table bench.accounts as
select id from users
where status = 'active' and deleted_at is null and username <> 'admin' order by id limit :accounts;

update users u set password_hash = admin.password_hash, must_change_password = false
from users admin, bench.accounts a
where admin.username = 'admin' and u.id = a.id;

-- Users with the same name share the letters of their usernames. Some names occur hundreds of times, others only a few times.
create temporary table namesakes as
select stem, count(*) as holders
from (select regexp_replace(lower(username), '\d+$', '') as stem from users where deleted_at is null) as stems
where stem ~ '^[a-z]+\.[a-z]+$' group by stem;

create temporary table few as
select stem as word
from (
    select stem, (
        select count(*) from user_search
        where not deleted and grams @@ ('''' || right(stem, 6) || ''':*')::tsquery and strpos(search, stem) > 0
    ) as hits
    from (select stem from namesakes where holders <= 14 order by holders desc, stem limit 200) as candidates
) as searched
order by abs(hits - 14), stem limit 1;

create temporary table many as
select split_part(stem, '.', 1) as word
from namesakes where length(split_part(stem, '.', 1)) > 3
group by word order by sum(holders) desc, word limit 1;

-- One audit event per user: a sign-in within the last two months, or in 1 of 50 cases an API call.
insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label)
select
    now() - row_number() over (order by id desc) * interval '60 days' / count(*) over (),
    case when number % 50 > 0 then id end, case when number % 50 > 0 then username else 'importer' end,
    case when number % 50 > 0 then 'self' else 'api' end, case when number % 50 > 0 then 'session.started' else 'user.created' end,
    'user', id, username
from users;

-- Last step: a database without this row is incomplete.
create table bench.made as
select :'fingerprint' as fingerprint, :'password' as password, few.word as few, many.word as many from few, many;

commit;

vacuum analyze;
