//! Closed pipes, as `head` leaves them, which are not an error.

use std::{
    io::pipe,
    process::{Command, Stdio},
};

use sqlx::PgPool;

use crate::{
    server::Server,
    support::{Cli, ROLLCALL, cli},
};

/// Returns a pipe without a reader.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Returns the exit status and standard error of a command that writes to a closed pipe.
fn run_closed(cli: &Cli, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(ROLLCALL);
    cli.with_settings(command.args(words)).stdout(closed());
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[testing::test]
async fn closed_pipe_ends_commands_quietly(pool: PgPool) {
    let cli = cli(&pool);
    // There is no admin yet.
    assert_eq!(run_closed(&cli, &["setup-link"]), (Some(0), String::new()));
    cli.create("ada", "user");
    cli.create_admin("root");
    for line in [
        "--help",
        "--version",
        "user --help",
        "openapi",
        "completions bash",
        "completions zsh",
        "completions fish",
        "serve --print-config",
        "migrate",
        "user list",
        "user list --json",
        "user get ada",
        "user create --username bob --name Bob",
        "user update bob --name Bobby",
        "user set-roles bob user",
        "user suspend bob --reason away",
        "user unsuspend bob",
        "user reset-link bob",
        "user delete bob",
        "user restore bob",
        "user recover-admin root",
        "token create --user ada --name t --scopes account",
        "token list",
        "audit list",
        "audit list --json",
        "audit export",
        "audit export --format ndjson",
        "audit verify",
        "demo --users 1 --force",
        "doctor",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let (code, message) = run_closed(&cli, &words);
        assert_eq!(code, Some(0), "{line}: {message}");
        let complaint = ["panicked", "Broken pipe", "rollcall: failed"]
            .into_iter()
            .find(|complaint| message.contains(complaint));
        assert_eq!(complaint, None, "{line}: {message}");
    }
    // The commands have done their work.
    assert_eq!(cli.get("bob")["displayName"], "Bobby");
}

#[testing::test]
async fn doctor_keeps_its_exit_status(pool: PgPool) {
    // Without an admin the doctor reports an error.
    assert_eq!(
        run_closed(&cli(&pool), &["doctor"]),
        (Some(1), String::new())
    );
}

#[testing::test]
async fn server_survives_a_closed_log_pipe(pool: PgPool) {
    let server = Server::start_with(&cli(&pool), |command| {
        command.env("LOG_LEVEL", "trace").stderr(closed());
    });
    for _ in 0..3 {
        let health = ureq::get(format!("{}/healthz", server.url)).call().unwrap();
        assert_eq!(health.status(), 200);
    }
}
