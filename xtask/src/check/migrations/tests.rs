//! Each rule, with statements that it rejects and statements that it accepts.

mod alter_table;

use super::{FIRST_SCHEMA, File, problems};

const NAME: &str = "20270101120000_add_nickname.sql";

/// Returns the problems of one migration, without its name.
fn found(sql: &str) -> Vec<String> {
    found_after(&[], sql)
}

/// Returns the problems of a migration that follows others, which have none.
fn found_after(earlier: &[&str], sql: &str) -> Vec<String> {
    let files: Vec<File> = earlier
        .iter()
        .chain([&sql])
        .zip(10..)
        .map(|(sql, second)| {
            let name = format!("202701011200{second}_add_nickname.sql");
            (name, (*sql).to_owned())
        })
        .collect();
    problems(&files, FIRST_SCHEMA)
}

/// Asserts that a migration has one problem, whose message contains a text.
#[track_caller]
fn assert_rejected(sql: &str, advice: &str) {
    let found = found(sql);
    assert_eq!(found.len(), 1, "{sql}: {found:?}");
    assert!(found[0].contains(advice), "{sql}: {found:?}");
}

#[track_caller]
fn assert_accepted(sql: &str) {
    assert_eq!(found(sql), [""; 0], "{sql}");
}

fn file(name: &str, sql: &str) -> File {
    (name.to_owned(), sql.to_owned())
}

#[test]
fn names_have_timestamps() {
    for name in [
        "28_a.sql",
        "0028_a.sql",
        "2027010112000_a.sql",
        "202701011200x0_a.sql",
        "20270101120000.sql",
        "20270101120000_.sql",
        "a.sql",
    ] {
        let found = problems(&[file(name, "select 1")], &[]);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].contains("YYYYMMDDhhmmss"), "{name}: {found:?}");
    }
    assert_eq!(problems(&[file(NAME, "select 1")], &[]), [""; 0]);
}

#[test]
fn first_schema_is_not_checked() {
    let drop = "drop table personas";
    let first = ["0027_a.sql"];
    assert_eq!(problems(&[file("0027_a.sql", drop)], &first), [""; 0]);
    assert_eq!(problems(&[file("0028_a.sql", drop)], &first).len(), 2);
    assert_eq!(problems(&[file(NAME, drop)], &[NAME]), [""; 0]);
    assert_eq!(problems(&[file(NAME, drop)], FIRST_SCHEMA).len(), 1);
    // A plain number after a first schema with timestamps would be applied before it.
    assert_eq!(problems(&[file("0028_a.sql", drop)], FIRST_SCHEMA).len(), 2);
    for name in ["20261129000150_a.sql", "20261129000800_a.sql"] {
        let found = problems(&[file(name, drop)], FIRST_SCHEMA);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
    }
}

#[test]
fn problems_have_a_file_and_a_line() {
    let found = problems(&[file(NAME, "-- A table.\n\nlock users;\n")], FIRST_SCHEMA);
    assert!(
        found[0].starts_with("20270101120000_add_nickname.sql:3: "),
        "{found:?}"
    );
}

#[test]
fn indexes_of_existing_tables_are_built_concurrently() {
    for sql in [
        "create index users_nickname on users (nickname)",
        "CREATE UNIQUE INDEX users_nickname ON public.users (nickname)",
        "create table notes (id uuid); create index users_nickname on users (nickname)",
        "create index users_nickname on only users (nickname)",
        "reindex table users",
    ] {
        assert_rejected(sql, "concurrently`");
    }
    assert_rejected("drop index users_nickname", "drop index concurrently");
    assert_accepted("create table notes (id uuid); create index notes_id on notes (id)");
    assert_accepted(
        "-- no-transaction\ncreate index concurrently users_nickname on users (nickname)",
    );
    assert_accepted("-- no-transaction\ndrop index concurrently users_nickname");
    assert_accepted("create index audit_events_note on only audit_events (note)");
    assert_rejected(
        "create index audit_events_note on audit_events (note)",
        "concurrently`",
    );
}

#[test]
fn concurrent_statements_are_alone_and_outside_of_a_transaction() {
    let index = "create index concurrently users_nickname on users (nickname);";
    assert_rejected(index, "-- no-transaction");
    assert_rejected(
        &format!("-- A comment.\n-- no-transaction\n{index}"),
        "begin the file",
    );
    assert_rejected(
        &format!("-- no-transaction\n{index} select 1;"),
        "one statement per file",
    );
    assert_rejected(
        "-- no-transaction\nselect 1; select 2",
        "one statement per file",
    );
    assert_rejected(
        "-- no-transaction\ncreate index concurrently if not exists a on users (b)",
        "invalid index",
    );
    assert_accepted(&format!(
        "-- no-transaction\n-- For the order by nickname.\n{index}"
    ));
}

#[test]
fn what_the_previous_version_uses_is_removed_by_a_contract() {
    for sql in [
        "alter table users drop column nickname",
        "alter table users drop nickname",
        "alter table users rename column nickname to motto",
        "alter table users rename to members",
        "alter index users_nickname rename to users_motto",
        "alter table users set schema other",
        "drop table if exists notes",
        "drop view active_users",
        "drop function name_key(text)",
        "drop trigger count_users on users",
        "drop trigger if exists count_deleted on personas; create trigger count_deleted after delete on ontologies execute function a()",
    ] {
        assert_rejected(sql, "-- contract: ");
        assert_accepted(&format!(
            "-- A comment.\n-- contract: unused since 1.4\n{sql}"
        ));
        assert_rejected(&format!("-- contract: \n{sql}"), "-- contract: ");
        assert_rejected(
            &format!("select 1;\n-- contract: unused since 1.4\n{sql}"),
            "-- contract: ",
        );
    }
    assert_accepted("drop view active_users; create view active_users as select 1");
    assert_accepted(
        "drop function a(text); create or replace function a(text) returns int language sql as $$ select 1 $$",
    );
    assert_accepted(
        "drop trigger count_users on public.users; create constraint trigger count_users after update of status on users execute function a()",
    );
    assert_accepted("alter table users drop constraint users_nickname");
}

#[test]
fn rows_of_big_tables_are_not_changed() {
    for sql in [
        "update users set nickname = ''",
        "update only public.sessions set data = '{}' where user_id is null",
        "delete from audit_events",
        "with a as (delete from sessions returning id) select * from a",
        "truncate table flashes",
        "merge into users using a on true when matched then do nothing",
        "update notes set a = 1",
    ] {
        assert_rejected(sql, "in batches");
    }
    for sql in [
        "update roles set permissions = '{}'",
        "create table notes (id uuid); update notes set id = null",
        "insert into roles (name) values ('a') on conflict (name) do update set name = 'b'",
        "alter table users add constraint a foreign key (b) references c on update cascade on delete cascade not valid",
        "create trigger a after update on users execute function b()",
        "create function a() returns void language sql as $$ update users set nickname = '' $$",
        "select 1 from users for no key update",
        "revoke update on users from public",
    ] {
        assert_accepted(sql);
    }
}

#[test]
fn commands_that_block_or_hide_statements_are_rejected() {
    for (sql, advice) in [
        ("lock table users", "concurrent writes"),
        ("vacuum full users", "autovacuum"),
        ("vacuum (full, analyze) users", "autovacuum"),
        ("cluster users using users_pkey", "rewrites"),
        ("do $$ begin null; end $$", "cannot be checked"),
        ("begin", "begins and ends with the file"),
        ("set local lock_timeout = 0", "rollcall migrate"),
    ] {
        assert_rejected(sql, advice);
    }
    assert_accepted("analyze users");
    assert_accepted("comment on table users is 'lock table users; vacuum full'");
}
