//! The template: a database with all migrations, from which those of the tests are copied.

use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, PgConnection, migrate::Migrator};
use tokio::sync::OnceCell;

use crate::server::{execute, options_of};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Key of the advisory lock under which a template is built: the bytes of `template`.
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

    /// Returns the name of a test's database, the same in each run of a day. It needs no quotes in SQL.
    pub(crate) fn database_of(&self, test: &str) -> String {
        let hash = first_bytes(&Sha256::digest(test));
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

/// Builds a template unless another process builds it meanwhile.
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

/// Builds a template under another name and renames it, so that an interrupted build leaves no incomplete template.
async fn build(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let unfinished = format!("{name}_new");
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
    execute(
        connection,
        format!("alter database {unfinished} rename to {name}"),
    )
    .await
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
        for name in [&old, &recent] {
            let sql = format!("create database {name}");
            execute(&mut connection, sql).await.unwrap();
        }
        drop_outdated(&mut connection).await.unwrap();
        assert!(!exists(&mut connection, &old).await);
        assert!(exists(&mut connection, &recent).await);
        let sql = format!("drop database {recent}");
        execute(&mut connection, sql).await.unwrap();
    }

    #[test]
    fn databases_of_the_day_before_yesterday_are_dropped() {
        let test: fn(PgPool) -> _ = drops_outdated_only;
        test.run("databases_of_the_day_before_yesterday_are_dropped");
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
    }
}
