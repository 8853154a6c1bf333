//! The template: a database with all migrations, from which those of the tests are copied.

use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, PgConnection, migrate::Migrator};
use tokio::sync::OnceCell;

use crate::server::{execute, options_of};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Folder of this package, which differs between checkouts, and a byte that ends it.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "\0");

/// Key of the advisory lock under which a template is built: the bytes of `template`. Connections to other databases of the server do
/// not see the lock.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// Databases of earlier days. Those of the day before may still be used, by a run that has begun before midnight.
const OUTDATED: &str = r"select datname::text from pg_database
    where datname ~ '^rollcall_(test|template)_[0-9]{8}_'
        and substring(datname from '_([0-9]{8})_')
            < to_char((now() at time zone 'UTC') - interval '1 day', 'YYYYMMDD')";

/// The template of this process.
static CURRENT: OnceCell<Template> = OnceCell::const_new();

/// Complete template.
pub(crate) struct Template {
    /// Day of PostgreSQL's clock in UTC, as `YYYYMMDD`. The migrations create partitions that depend on it.
    day: String,
    name: String,
}

/// Returns the template of the migrations of this build, and builds it if this is its first use today.
pub(crate) async fn current(connection: &mut PgConnection) -> &'static Template {
    CURRENT
        .get_or_init(|| Template::find_or_build(connection))
        .await
}

impl Template {
    /// Returns the name of the database.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name of a test's database, the same in each run of this checkout on a day. It needs no quotes in SQL.
    pub(crate) fn database_of(&self, test: &str) -> String {
        let hash = first_bytes(&Sha256::digest(format!("{CHECKOUT}{test}")));
        format!("rollcall_test_{}_{hash:016x}", self.day)
    }

    async fn find_or_build(connection: &mut PgConnection) -> Self {
        let day: String =
            sqlx::query_scalar("select to_char(now() at time zone 'UTC', 'YYYYMMDD')")
                .fetch_one(&mut *connection)
                .await
                .expect("PostgreSQL has a clock");
        let name = format!("rollcall_template_{day}_{:016x}", hash_of(&MIGRATIONS));
        if !exists(connection, &name).await {
            build_once(connection, &name)
                .await
                .expect("the template of the test databases can be built");
        }
        Self { day, name }
    }
}

/// Builds a template unless another process with connections to the same database builds it meanwhile.
async fn build_once(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await?;
    if !exists(connection, name).await {
        drop_outdated(connection).await?;
        build(connection, name).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)")
        .bind(LOCK)
        .execute(connection)
        .await
        .map(drop)
}

/// Builds a template under another name and renames it, so that an interrupted build leaves no incomplete template. If another process
/// has built it meanwhile, that one remains.
async fn build(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let unfinished = unfinished_name(connection, name).await?;
    execute(
        connection,
        format!("drop database if exists {unfinished} with (force)"),
    )
    .await?;
    execute(connection, format!("create database {unfinished}")).await?;
    let mut inside = options_of(&unfinished).connect().await?;
    MIGRATIONS.run(&mut inside).await?;
    inside.close().await?;
    // A database with connections cannot be copied.
    execute(
        connection,
        format!("alter database {unfinished} with allow_connections false"),
    )
    .await?;
    let renamed = execute(
        connection,
        format!("alter database {unfinished} rename to {name}"),
    )
    .await;
    match renamed {
        Err(error) if is_taken(&error) => {
            execute(connection, format!("drop database {unfinished}")).await
        }
        renamed => renamed,
    }
}

/// Returns the name of a template that a connection builds. No other connection has the same one at that time.
async fn unfinished_name(connection: &mut PgConnection, name: &str) -> Result<String, sqlx::Error> {
    let process: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(connection)
        .await?;
    Ok(format!("{name}_new{process}"))
}

/// Returns whether a name was not given to a database because another one has it: before the statement, or since it began.
fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| matches!(error.code().as_deref(), Some("42P04" | "23505")))
}

/// Drops databases that failed tests, killed runs and older migrations have left.
async fn drop_outdated(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar(OUTDATED)
        .fetch_all(&mut *connection)
        .await?;
    for name in names {
        if let Err(error) = execute(connection, format!("drop database if exists {name}")).await {
            eprintln!("the outdated database {name} was not dropped: {error}");
        }
    }
    Ok(())
}

async fn exists(connection: &mut PgConnection, database: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(connection)
        .await
        .expect("PostgreSQL lists its databases")
}

/// Returns a hash of all migrations.
fn hash_of(migrations: &Migrator) -> u64 {
    let mut hasher = Sha256::new();
    for migration in migrations.iter() {
        hasher.update(migration.version.to_be_bytes());
        hasher.update(&migration.checksum);
    }
    first_bytes(&hasher.finalize())
}

/// Returns the first eight bytes of a hash, which are enough for a name.
fn first_bytes(hash: &[u8]) -> u64 {
    hash.iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;
    use crate::TestFn;

    /// Returns a name that a test may have left.
    async fn days_ago(connection: &mut PgConnection, days: i32) -> String {
        sqlx::query_scalar(
            "select 'rollcall_test_' || to_char((now() at time zone 'UTC') - make_interval(days => $1), 'YYYYMMDD') || '_left'",
        )
        .bind(days)
        .fetch_one(connection)
        .await
        .unwrap()
    }

    async fn drops_outdated_only(pool: PgPool) {
        let mut connection = pool.acquire().await.unwrap();
        let old = days_ago(&mut connection, 2).await;
        let recent = days_ago(&mut connection, 1).await;
        let template = old.replace("_test_", "_template_");
        let unfinished = unfinished_name(&mut connection, &template).await.unwrap();
        for name in [&old, &unfinished, &recent] {
            let sql = format!("create database {name}");
            execute(&mut connection, sql).await.unwrap();
        }
        drop_outdated(&mut connection).await.unwrap();
        assert!(!exists(&mut connection, &old).await);
        assert!(!exists(&mut connection, &unfinished).await);
        assert!(exists(&mut connection, &recent).await);
        let sql = format!("drop database {recent}");
        execute(&mut connection, sql).await.unwrap();
    }

    #[test]
    fn databases_of_the_day_before_yesterday_are_dropped() {
        let test: fn(PgPool) -> _ = drops_outdated_only;
        test.run("databases_of_the_day_before_yesterday_are_dropped");
    }

    async fn two_build_one_template(pool: PgPool) {
        let mut connection = pool.acquire().await.unwrap();
        let mut other = pool.acquire().await.unwrap();
        let today = days_ago(&mut connection, 0).await;
        let name = unfinished_name(&mut connection, &today).await.unwrap();
        let unfinished = unfinished_name(&mut other, &name).await.unwrap();
        let sql = format!("create database {unfinished}");
        execute(&mut other, sql).await.unwrap();
        // The second time, the name is taken.
        for _ in 0..2 {
            build(&mut connection, &name).await.unwrap();
        }
        let own = unfinished_name(&mut connection, &name).await.unwrap();
        assert!(!exists(&mut connection, &own).await);
        for name in [name, unfinished] {
            assert!(exists(&mut connection, &name).await, "{name}");
            let sql = format!("drop database {name}");
            execute(&mut connection, sql).await.unwrap();
        }
    }

    #[test]
    fn builds_of_one_template_do_not_collide() {
        let test: fn(PgPool) -> _ = two_build_one_template;
        test.run("builds_of_one_template_do_not_collide");
    }

    #[test]
    fn names_of_tests_differ() {
        let template = Template {
            day: "20260102".to_owned(),
            name: "template".to_owned(),
        };
        let name = template.database_of("a::b");
        assert_eq!(name, template.database_of("a::b"));
        assert_ne!(name, template.database_of("a::c"));
        assert!(name.starts_with("rollcall_test_20260102_"), "{name}");
        // Another checkout has the test too.
        let hash = first_bytes(&Sha256::digest("a::b"));
        assert!(!name.ends_with(&format!("{hash:016x}")), "{name}");
    }
}
