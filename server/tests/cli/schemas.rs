//! Tables and the extension in schemas other than `public`.

use sqlx::PgPool;

use crate::{
    roles::Role,
    support::{Cli, cli},
};

/// Runs everything that needs the extension: its index is created, dropped, created again, and searched.
fn use_everything(cli: &Cli) {
    let migrated = cli.rollcall(&["migrate"]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    cli.create_admin("root");
    let filled = cli.rollcall(&["demo", "--users", "5", "--force"]);
    assert_eq!(filled.code, 0, "{filled:?}");
    let found = cli.user(&["list", "--query", "roo", "--json"]).json();
    assert_eq!(found[0]["username"], "root", "{found}");
    let examined = cli.rollcall(&["doctor"]);
    assert_eq!(examined.code, 0, "{examined:?}");
}

/// Returns the schemas of the tables and of the extension.
async fn places(pool: &PgPool) -> (Vec<String>, Vec<String>) {
    let tables = "select distinct schemaname::text from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
    let extensions =
        "select extnamespace::regnamespace::text from pg_extension where extname = 'pg_trgm'";
    let ask = async |sql: &'static str| sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
    (ask(tables).await, ask(extensions).await)
}

#[sqlx::test(migrations = false)]
async fn extension_can_be_in_another_schema(pool: PgPool) {
    let role = Role::create(&pool).await;
    role.run(
        "alter database DATABASE owner to ROLE; create schema \"Ex-tensions\"; create extension pg_trgm schema \"Ex-tensions\"",
    )
    .await;
    let message = role.cli("").rollcall(&["migrate"]).failure();
    assert!(
        message.contains("grant usage on schema \"Ex-tensions\""),
        "{message}"
    );
    role.run("grant usage on schema \"Ex-tensions\" to ROLE")
        .await;
    use_everything(&role.cli(""));
    let (tables, extensions) = places(&pool).await;
    assert_eq!(tables, ["public"]);
    assert_eq!(extensions, ["\"Ex-tensions\""]);
    role.remove().await;
}

#[sqlx::test(migrations = false)]
async fn role_without_the_right_to_create_tables_gets_advice(pool: PgPool) {
    let role = Role::create(&pool).await;
    // From PostgreSQL 15 on the schema has no such grant, but an upgraded database can still have it.
    role.run(
        "grant create on database DATABASE to ROLE; revoke create on schema public from public",
    )
    .await;
    let message = role.cli("").rollcall(&["migrate"]).failure();
    for part in [
        format!(
            "The role {} cannot create tables in the schema public",
            role.name
        ),
        format!("grant create on schema \"public\" to \"{}\"", role.name),
    ] {
        assert!(message.contains(&part), "{part}: {message}");
    }
    assert_eq!(places(&pool).await.0, [""; 0]);
    role.run("grant create on schema public to ROLE").await;
    use_everything(&role.cli(""));
    role.remove().await;
}

#[sqlx::test(migrations = false)]
async fn extension_can_be_in_the_search_path(pool: PgPool) {
    let role = Role::create(&pool).await;
    role.run(
        "alter database DATABASE owner to ROLE; create schema extensions; create extension pg_trgm schema extensions;
        grant usage on schema extensions to ROLE; alter role ROLE set search_path = public, extensions",
    )
    .await;
    use_everything(&role.cli(""));
    assert_eq!(places(&pool).await.0, ["public"]);
    role.remove().await;
}

#[sqlx::test(migrations = false)]
async fn tables_are_in_the_schema_of_the_url(pool: PgPool) {
    let role = Role::create(&pool).await;
    role.run("alter database DATABASE owner to ROLE").await;
    let cli = role.cli("&options=-csearch_path%3Dpanel");
    let message = cli.rollcall(&["migrate"]).failure();
    assert!(
        message.contains("No schema to create tables in"),
        "{message}"
    );
    role.run("create schema panel authorization ROLE").await;
    use_everything(&cli);
    let (tables, extensions) = places(&pool).await;
    assert_eq!(
        (tables, extensions),
        (vec!["panel".to_owned()], vec!["panel".to_owned()])
    );
    role.remove().await;
}

#[sqlx::test(migrations = false)]
async fn tables_are_in_the_schema_of_the_role(pool: PgPool) {
    // The tables of another installation must not be taken for its own.
    assert_eq!(cli(&pool).rollcall(&["migrate"]).code, 0);
    let role = Role::create(&pool).await;
    role.run(
        "create schema panel authorization ROLE; alter role ROLE set search_path = panel, public",
    )
    .await;
    let message = role.cli("").user(&["list"]).failure();
    assert!(message.contains("rollcall migrate"), "{message}");
    use_everything(&role.cli(""));
    let mut tables = places(&pool).await.0;
    tables.sort_unstable();
    assert_eq!(tables, ["panel", "public"]);
    role.remove().await;
}
