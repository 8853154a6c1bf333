//! The `rollcall` program with the database of a test.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use serde_json::Value;
use service::{
    Services, exports::Exports, failed_sign_ins::Noted, last_seen::LastSeen, passwords::Hasher,
    sessions::live::Live, settings::Settings, time_zones::TimeZones, usage::Rankings,
};
use sqlx::{ConnectOptions, PgPool};
use time::OffsetDateTime;

/// Path of the program.
pub(crate) const ROLLCALL: &str = env!("CARGO_BIN_EXE_rollcall");
/// Public address of the panel in the tests.
pub(crate) const PUBLIC_URL: &str = "https://users.example.org";
/// Message for a user who is not found, in the words of guide 001.
pub(crate) const NO_SUCH_USER: &str = "The user with this id does not exist in the system";

/// The command line on a backend.
pub(crate) struct Cli {
    pub(crate) pool: PgPool,
    way: Way,
}

/// Backend of a command.
enum Way {
    /// The URL of the database.
    Direct(String),
    /// The URL of a server, with an access token.
    Server { url: String, token: String },
}

/// Returns the command line on this database.
pub(crate) fn cli(pool: &PgPool) -> Cli {
    let url = pool.connect_options().to_url_lossy().to_string();
    Cli {
        pool: pool.clone(),
        way: Way::Direct(url),
    }
}

/// Returns the command line on this database under another URL.
pub(crate) fn cli_at(pool: &PgPool, url: &str) -> Cli {
    Cli {
        pool: pool.clone(),
        way: Way::Direct(url.to_owned()),
    }
}

/// Result of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Cli {
    /// Runs `rollcall user` with these arguments.
    pub(crate) fn user(&self, words: &[&str]) -> Ran {
        self.user_with_input(words, "")
    }

    /// Runs `rollcall user` with these arguments and a text on standard input.
    pub(crate) fn user_with_input(&self, words: &[&str], input: &str) -> Ran {
        let mut command = Command::new(ROLLCALL);
        self.run(command.arg("user").args(words), input)
    }

    /// Runs `rollcall` with these arguments.
    pub(crate) fn rollcall(&self, words: &[&str]) -> Ran {
        self.run(Command::new(ROLLCALL).args(words), "")
    }

    /// Runs a command on this backend.
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

    /// Sets the backend and the settings of a command, and captures all of its output.
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

    /// Returns the command line on a server with the same database.
    pub(crate) fn over(&self, url: &str, token: &str) -> Self {
        Self {
            pool: self.pool.clone(),
            way: Way::Server {
                url: url.to_owned(),
                token: token.to_owned(),
            },
        }
    }

    /// Creates an access token of a user who has chosen a password.
    pub(crate) fn create_token(&self, username: &str, scopes: &str) -> String {
        let mut command = Command::new(ROLLCALL);
        command.args([
            "token", "create", "--user", username, "--name", "remote", "--scopes", scopes,
        ]);
        let created = self.run(&mut command, "");
        assert_eq!(created.code, 0, "{created:?}");
        created.out.trim().to_owned()
    }

    /// Creates a user with these roles. Returns the user's number.
    pub(crate) fn create(&self, username: &str, roles: &str) -> String {
        let name = ["--username", username, "--name", username];
        let words = [&["--json", "create", "--roles", roles], &name[..]].concat();
        self.user(&words).json()["number"].to_string()
    }

    /// Creates an admin who can sign in, so that there is another one. Returns the admin's number.
    pub(crate) fn create_admin(&self, username: &str) -> String {
        let name = ["--username", username, "--name", username];
        let rest = ["--roles", "admin", "--password", "password"];
        let words = [&["--json", "create"], &name[..], &rest[..]].concat();
        self.user(&words).json()["number"].to_string()
    }

    /// Returns a user as `get` prints it.
    pub(crate) fn get(&self, id: &str) -> Value {
        self.user(&["get", id, "--json", "--deleted"]).json()
    }

    /// Returns the number that a query selects.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Returns the audited actions, in their order.
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
    /// Returns the output of a command that has succeeded without a message on standard error.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    /// Returns the output of a command that has succeeded, as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Returns the error message of a command that has failed and printed nothing else.
    #[track_caller]
    pub(crate) fn failure(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{self:?}");
        let message = self.err.lines().map(|line| line.strip_prefix("rollcall: "));
        let message: Vec<&str> = message
            .map(|line| line.unwrap_or_else(|| panic!("{}", self.err)))
            .collect();
        message.join("\n")
    }

    /// Returns the error message of a command whose arguments were not understood.
    #[track_caller]
    pub(crate) fn misunderstanding(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        self.err
    }
}

/// Returns the services of this database, for what the command line cannot do.
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
        rankings: Rankings::default(),
        work: Arc::default(),
        clock: || OffsetDateTime::UNIX_EPOCH,
    }
}

/// Returns the root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
