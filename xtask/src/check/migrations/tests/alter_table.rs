//! Rules of `alter table`.

use super::{assert_accepted, assert_rejected, found, found_after};

#[test]
fn constraints_are_added_without_validation() {
    for constraint in [
        "check (length(nickname) < 50)",
        "foreign key (nickname) references names",
    ] {
        for name in ["", "constraint users_nickname "] {
            let sql = format!("alter table users add {name}{constraint}");
            assert_rejected(&sql, "not valid");
            assert_accepted(&format!("{sql} not valid"));
            assert_accepted(&format!("create table users (nickname text); {sql}"));
        }
    }
    assert_rejected(
        "alter table users add constraint a unique (nickname)",
        "using index",
    );
    assert_rejected(
        "alter table users add primary key (nickname)",
        "using index",
    );
    assert_rejected(
        "alter table users add constraint a exclude (nickname with =)",
        "new table",
    );
    assert_accepted("alter table users add constraint a unique using index users_nickname");
}

#[test]
fn constraints_are_validated_alone() {
    let validate = "alter table users validate constraint users_nickname";
    assert_accepted(validate);
    assert_rejected(&format!("{validate}; select 1"), "of its own");
    assert_rejected(&format!("{validate}, add column a text"), "of its own");
}

#[test]
fn types_do_not_change() {
    for sql in [
        "alter table users alter column nickname type varchar(50)",
        "alter table only public.users alter nickname set data type text using nickname::text",
        "alter table users set unlogged",
        "alter table users set tablespace fast",
    ] {
        assert_rejected(sql, "rewrites users");
    }
    assert_accepted("alter table users alter column nickname set default ''");
    assert_accepted("alter table users alter column nickname drop not null");
}

#[test]
fn not_null_requires_a_validated_check() {
    let add = "alter table users add constraint users_nickname_set check (nickname is not null) not valid";
    let validate = "alter table users validate constraint users_nickname_set";
    let set = "alter table users alter column nickname set not null";
    assert_eq!(found_after(&[add, validate], set), [""; 0]);
    let none: &[&str] = &[];
    for earlier in [none, &[add], &[validate]] {
        assert_eq!(found_after(earlier, set).len(), 1, "{earlier:?}");
    }
    let other = set.replace("nickname", "motto");
    assert_eq!(found_after(&[add, validate], &other).len(), 1);
    let other = set.replace("users", "sessions");
    assert_eq!(found_after(&[add, validate], &other).len(), 1);
    let found = found(set);
    assert!(
        found[0].contains("check (nickname is not null) not valid"),
        "{found:?}"
    );
}

#[test]
fn added_columns_do_not_rewrite_the_table() {
    for definition in [
        "uuid default gen_random_uuid()",
        "timestamptz not null default clock_timestamp()",
        "bigint generated always as identity",
        "text generated always as (lower(username)) stored",
        "bigserial",
    ] {
        let sql = format!("alter table users add column nickname {definition}");
        assert_rejected(&sql, "rewrites users");
    }
    for definition in [
        "text",
        "text not null default ''",
        "timestamptz not null default now()",
        "varchar(20) not null default 'a'::varchar(20)",
        "text[] not null default '{}'",
        "uuid references users (id)",
    ] {
        assert_accepted(&format!(
            "alter table users add column if not exists nickname {definition}"
        ));
        assert_accepted(&format!(
            "alter table users add nickname {definition}, add motto text"
        ));
    }
}

#[test]
fn added_columns_have_no_constraint_that_reads_the_table() {
    for (definition, advice) in [
        ("text check (nickname <> '')", "not valid"),
        ("text default 'a' references names (name)", "not valid"),
        ("text unique", "unique index"),
        ("text primary key", "unique index"),
        ("text not null", "nullable"),
    ] {
        assert_rejected(
            &format!("alter table users add column nickname {definition}"),
            advice,
        );
        assert_accepted(&format!(
            "create table users (id uuid); alter table users add column nickname {definition}"
        ));
    }
}
