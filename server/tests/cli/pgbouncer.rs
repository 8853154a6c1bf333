//! PgBouncer between Rollcall and PostgreSQL, as a real process.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::time::timeout;

use crate::{
    server::Server,
    support::{Cli, cli, cli_at},
};

/// Path on Debian, outside of the PATH of ordinary users.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// Maximum time until a server listens.
const PATIENCE: Duration = Duration::from_secs(20);

/// A pooler. Dropping it stops the process.
struct PgBouncer {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl PgBouncer {
    /// Starts a pooler in front of the database of a test, with some settings.
    fn start(pool: &PgPool, name: &str, settings: &str) -> Self {
        let name = format!("rollcall-pgbouncer-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, configuration(pool, port, settings)).unwrap();
        let mut command = Command::new(program());
        // PgBouncer does not run as root.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.arg("--user=postgres");
        }
        let mut child = command
            .arg(&file)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}: run scripts/toolchain", program().display())
            });
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let up = log.find(|line| line.as_ref().unwrap().contains("process up"));
        assert!(up.is_some(), "PgBouncer did not start");
        // PgBouncer would block on its log if it were not read.
        std::thread::spawn(move || log.for_each(drop));
        let mut url = pool.connect_options().to_url_lossy();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        Self {
            child,
            folder,
            url: url.to_string(),
        }
    }

    fn cli(&self, pool: &PgPool) -> Cli {
        cli_at(pool, &self.url)
    }

    /// Makes the pooler hold a number of database sessions ready.
    async fn fill(&self, sessions: usize) {
        let mut connections = Vec::new();
        for _ in 0..sessions {
            let options: sqlx::postgres::PgConnectOptions = self.url.parse().unwrap();
            let options = options.extra_float_digits(None);
            let mut connection = PgConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql("begin")
                .execute(&mut connection)
                .await
                .unwrap();
            connections.push(connection);
        }
        for mut connection in connections {
            sqlx::raw_sql("commit")
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn program() -> &'static Path {
    let program = Path::new(PROGRAM);
    if program.exists() {
        program
    } else {
        Path::new("pgbouncer")
    }
}

fn configuration(pool: &PgPool, port: u16, settings: &str) -> String {
    let options = pool.connect_options();
    let (host, server_port) = (options.get_host(), options.get_port());
    let url = options.to_url_lossy();
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    format!(
        "[databases]\n* = host={host} port={server_port} user={user} password={password}\n\
        [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n{settings}\n"
    )
}

#[sqlx::test(migrations = false)]
async fn session_mode_works(pool: PgPool) {
    let bouncer = PgBouncer::start(
        &pool,
        "session",
        "pool_mode = session\ndefault_pool_size = 20",
    );
    let through = bouncer.cli(&pool);
    assert_eq!(through.rollcall(&["migrate"]).code, 0);
    through.create_admin("root");
    for _ in 0..5 {
        assert_eq!(through.rollcall(&["doctor"]).code, 0);
    }
    let server = Server::start(&through);
    let ready = ureq::get(format!("{}/readyz", server.url)).call().unwrap();
    assert_eq!(ready.status(), 200);
    // Waits until the server listens for notifications.
    let listens = async {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'";
        while through.count(sql).await == 0 {}
    };
    timeout(PATIENCE, listens).await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn session_mode_sets_up_sessions_as_without_a_pooler(pool: PgPool) {
    let bouncer = PgBouncer::start(&pool, "settings", "pool_mode = session");
    for cli in [bouncer.cli(&pool), cli(&pool)] {
        assert_eq!(cli.rollcall(&["migrate"]).code, 0);
        cli.prepare(
            "create or replace function look_for_limit() returns trigger language plpgsql as $$
            begin
                if current_setting('statement_timeout') <> '15s' then raise exception 'no limit'; end if;
                return null;
            end $$;
            create or replace trigger look_for_limit after insert on users execute function look_for_limit()",
        )
        .await;
        let name = format!("user{}", cli.count("select count(*) from users").await);
        let created = cli.user(&["create", "--username", &name, "--name", "x"]);
        assert_eq!(created.code, 0, "{created:?}");
    }
}

#[testing::test]
async fn other_modes_are_rejected_with_a_fix(pool: PgPool) {
    let sizes = [0, 1, 2, 5];
    for (name, settings, sizes) in [
        ("last", "pool_mode = transaction", &sizes[..]),
        (
            "first",
            "pool_mode = transaction\nserver_round_robin = 1",
            &sizes,
        ),
        (
            "one",
            "pool_mode = transaction\ndefault_pool_size = 1",
            &[0],
        ),
        ("statement", "pool_mode = statement", &[0]),
    ] {
        let bouncer = PgBouncer::start(&pool, name, settings);
        let through = bouncer.cli(&pool);
        for size in sizes {
            bouncer.fill(*size).await;
            for words in [&["migrate"][..], &["user", "list"], &["doctor"]] {
                let message = through.rollcall(words).failure();
                assert!(
                    message.contains("pool_mode = session"),
                    "{name}, {words:?}: {message}"
                );
            }
        }
    }
}

#[testing::test]
async fn rejected_parameter_is_reported_with_a_fix(pool: PgPool) {
    let bouncer = PgBouncer::start(&pool, "options", "pool_mode = session");
    let url = format!("{}&options=-csearch_path%3Dpanel", bouncer.url);
    let message = cli_at(&pool, &url).user(&["list"]).failure();
    assert!(
        message.contains("options") && message.contains("alter role"),
        "{message}"
    );
}
