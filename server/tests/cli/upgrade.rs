//! An upgrade of a filled database while a server of the previous version has requests. The folder of this module has the migrations of the
//! newer version, which follow the rules of `cargo xtask check migrations`.

use std::{
    fs,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection, PgPool, migrate::Migrator};

use crate::{
    server::{Server, build_site},
    support::{Cli, ROLLCALL, cli, root},
};

/// Time that a migration waits for a lock, as in `db::schema`. A request that needs the table waits no longer.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Number of requests that are answered before, and again after the migrations.
const ANSWERS: usize = 5;

/// Requests of a client, one after the other, until the end of the test. A failed one ends its thread with a panic.
struct Load {
    answered: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    /// Returns the longest time that a request took.
    thread: JoinHandle<Duration>,
}

impl Load {
    /// Starts with the requests, which get their number.
    fn start(request: impl Fn(usize) + Send + 'static) -> Self {
        let answered = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (count, end) = (answered.clone(), stop.clone());
        let thread = thread::spawn(move || {
            let mut longest = Duration::ZERO;
            while !end.load(Ordering::Relaxed) {
                let started = Instant::now();
                request(count.load(Ordering::Relaxed));
                longest = longest.max(started.elapsed());
                count.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
            longest
        });
        Self {
            answered,
            stop,
            thread,
        }
    }

    /// Waits until more requests are answered, or one has failed.
    async fn continues(&self) {
        let goal = self.answered.load(Ordering::Relaxed) + ANSWERS;
        while self.answered.load(Ordering::Relaxed) < goal && !self.thread.is_finished() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends the requests, and returns the longest time that one took.
    fn finish(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Starts clients that read the list, read a user, and change the user.
async fn start_load(cli: &Cli, server: &Server, token: &str) -> [Load; 3] {
    let id: String = sqlx::query_scalar("select id::text from users where username = 'mia'")
        .fetch_one(&cli.pool)
        .await
        .unwrap();
    let bearer = format!("Bearer {token}");
    let list = format!("{}/api/admin/users?limit=50", server.url);
    let user = format!("{}/api/admin/users/{id}", server.url);
    let get = |url: String| {
        let bearer = bearer.clone();
        Load::start(move |_| {
            let answer = ureq::get(&url).header("authorization", &bearer).call();
            assert_eq!(answer.unwrap().status(), 200, "{url}");
        })
    };
    let reads = [get(list), get(user.clone())];
    let write = Load::start(move |number| {
        let answer = ureq::patch(&user)
            .header("authorization", &bearer)
            .header("content-type", "application/json")
            .send(format!("{{\"displayName\":\"Mia {number}\"}}"));
        assert_eq!(answer.unwrap().status(), 200, "{number}");
    });
    let [list, user] = reads;
    [list, user, write]
}

/// Applies the migrations of the newer version, as `rollcall migrate` does.
async fn migrate(pool: &PgPool) {
    let folder = root().join("server/tests/cli/upgrade");
    let mut migrator = Migrator::new(folder).await.unwrap();
    migrator.set_ignore_missing(true);
    assert_eq!(migrator.iter().count(), 4);
    let mut connection = PgConnection::connect_with(&pool.connect_options())
        .await
        .unwrap();
    sqlx::raw_sql("set lock_timeout = '5s'")
        .execute(&mut connection)
        .await
        .unwrap();
    migrator.run(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Asserts that this version starts nothing on the newer database.
fn assert_does_not_start(cli: &Cli) {
    let site = build_site();
    for words in [&["serve"][..], &["serve", "--no-migrate"], &["migrate"]] {
        let mut command = Command::new(ROLLCALL);
        command.args(words).env("LEPTOS_SITE_ROOT", &site);
        let ran = cli.run(&mut command, "");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{words:?}: {ran:?}");
        assert!(
            ran.err.contains("The database is newer than this version"),
            "{words:?}: {ran:?}"
        );
    }
    fs::remove_dir_all(site).unwrap();
}

#[testing::test]
async fn previous_version_serves_while_the_database_is_upgraded(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("root");
    cli.create("mia", "user");
    cli.prepare("update users set must_change_password = false")
        .await;
    let filled = cli.rollcall(&["demo", "--users", "2000", "--force"]);
    assert_eq!(filled.code, 0, "{filled:?}");
    let token = cli.create_token("root", "users:read,users:write");
    let server = Server::start_with(&cli, |command| {
        command.env("API_RATE_LIMIT", "100000");
    });
    let ready = format!("{}/readyz", server.url);
    assert_eq!(ureq::get(&ready).call().unwrap().status(), 200);

    let loads = start_load(&cli, &server, &token).await;
    for load in &loads {
        load.continues().await;
    }
    migrate(&pool).await;
    for load in &loads {
        load.continues().await;
    }
    for load in loads {
        let longest = load.finish();
        assert!(longest < LOCK_TIMEOUT, "{longest:?}");
    }

    let valid = "select count(*) from pg_index where indexrelid = 'users_nickname'::regclass and indisvalid";
    assert_eq!(cli.count(valid).await, 1);
    let valid = "select count(*) from pg_constraint where conname = 'users_nickname_length' and convalidated";
    assert_eq!(cli.count(valid).await, 1);

    // It continues to serve, but a load balancer should prefer servers of the newer version.
    let error = ureq::get(&ready).call().unwrap_err();
    assert!(matches!(error, ureq::Error::StatusCode(503)), "{error}");
    assert_does_not_start(&cli);
}
