//! The `rollcall` program with a database of a test's own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use serde_json::Value;
use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, settings::Settings, time_zones::TimeZones,
};
use sqlx::{ConnectOptions, PgPool};
use time::OffsetDateTime;

/// The program.
pub(crate) const ROLLCALL: &str = env!("CARGO_BIN_EXE_rollcall");
/// Where people reach the panel of the tests.
pub(crate) const PUBLIC_URL: &str = "https://users.example.org";
/// Guide 001's text.
pub(crate) const NO_SUCH_USER: &str = "The user with this id does not exist in the system";

/// The command line of a database.
pub(crate) struct Cli {
    pub(crate) pool: PgPool,
    way: Way,
}

/// How a command gets to the database.
enum Way {
    /// By the address of the database.
    Direct(String),
    /// By that of a server, with an access token.
    Server { url: String, token: String },
}

/// The command line of this database.
pub(crate) fn cli(pool: &PgPool) -> Cli {
    let url = pool.connect_options().to_url_lossy().to_string();
    Cli {
        pool: pool.clone(),
        way: Way::Direct(url),
    }
}

/// The command line of this database by another address of it.
pub(crate) fn cli_at(pool: &PgPool, url: &str) -> Cli {
    Cli {
        pool: pool.clone(),
        way: Way::Direct(url.to_owned()),
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Cli {
    /// Runs `rollcall user` with some words.
    pub(crate) fn user(&self, words: &[&str]) -> Ran {
        self.user_with_input(words, "")
    }

    /// The same with something on standard input.
    pub(crate) fn user_with_input(&self, words: &[&str], input: &str) -> Ran {
        let mut command = Command::new(ROLLCALL);
        self.run(command.arg("user").args(words), input)
    }

    /// Runs `rollcall` with some words.
    pub(crate) fn rollcall(&self, words: &[&str]) -> Ran {
        self.run(Command::new(ROLLCALL).args(words), "")
    }

    /// Runs a command with this database.
    pub(crate) fn run(&self, command: &mut Command, input: &str) -> Ran {
        let mut child = self.with_settings(command).spawn().unwrap();
        // A command that reads nothing closes its input.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A command with this database, and nothing of what it prints lost.
    pub(crate) fn with_settings<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        match &self.way {
            Way::Direct(url) => command.env("DATABASE_URL", url),
            Way::Server { url, token } => command
                .env("DATABASE_URL", "this is not read")
                .env("ROLLCALL_URL", url)
                .env("ROLLCALL_TOKEN", token),
        };
        command
            .env("DATABASE_MAX_CONNECTIONS", "2")
            .env("PUBLIC_URL", PUBLIC_URL)
            .env("DELETE_RETENTION_DAYS", "30")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
    }

    /// The command line of the same database by way of a server.
    pub(crate) fn over(&self, url: &str, token: &str) -> Self {
        Self {
            pool: self.pool.clone(),
            way: Way::Server {
                url: url.to_owned(),
                token: token.to_owned(),
            },
        }
    }

    /// Makes an access token of somebody who has chosen their password.
    pub(crate) fn make_token(&self, username: &str, scopes: &str) -> String {
        let mut command = Command::new(ROLLCALL);
        command.args([
            "token", "create", "--user", username, "--name", "remote", "--scopes", scopes,
        ]);
        let made = self.run(&mut command, "");
        assert_eq!(made.code, 0, "{made:?}");
        made.out.trim().to_owned()
    }

    /// Makes a person with these roles. Returns their number.
    pub(crate) fn make(&self, username: &str, roles: &str) -> String {
        let name = ["--username", username, "--name", username];
        let words = [&["--json", "create", "--roles", roles], &name[..]].concat();
        self.user(&words).json()["number"].to_string()
    }

    /// Makes an admin who can sign in, so that there is another one. Returns their number.
    pub(crate) fn make_admin(&self, username: &str) -> String {
        let name = ["--username", username, "--name", username];
        let rest = ["--roles", "admin", "--password", "password"];
        let words = [&["--json", "create"], &name[..], &rest[..]].concat();
        self.user(&words).json()["number"].to_string()
    }

    /// An account as `get` has it.
    pub(crate) fn get(&self, id: &str) -> Value {
        self.user(&["get", id, "--json", "--deleted"]).json()
    }

    /// The number that a query gives.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// The actions on record, in their order.
    pub(crate) async fn actions(&self) -> Vec<String> {
        sqlx::query_scalar("select action from audit_events order by id")
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }

    /// Runs statements that prepare a test.
    pub(crate) async fn prepare(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap();
    }
}

impl Ran {
    /// What it printed, if it did what it should without a word of complaint.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    /// What it printed as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// What it complained of, if it failed and printed nothing else.
    #[track_caller]
    pub(crate) fn failure(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{self:?}");
        let told = self.err.lines().map(|line| line.strip_prefix("rollcall: "));
        let told: Vec<&str> = told
            .map(|line| line.unwrap_or_else(|| panic!("{}", self.err)))
            .collect();
        told.join("\n")
    }

    /// What it complained of, if it did not understand.
    #[track_caller]
    pub(crate) fn misunderstanding(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        self.err
    }
}

/// The services of this database, for what the command line cannot do.
pub(crate) fn services(pool: &PgPool) -> Services {
    Services {
        pool: pool.clone(),
        hasher: Hasher::start().unwrap(),
        settings: Arc::new(Settings::default()),
        last_seen: LastSeen::default(),
        failed_sign_ins: Noted::default(),
        live: Live::default(),
        exports: Exports::default(),
        time_zones: TimeZones::default(),
        work: Arc::default(),
        clock: || OffsetDateTime::UNIX_EPOCH,
    }
}

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
