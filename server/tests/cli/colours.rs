//! Colours, which are for terminals on which they are not disabled.

use std::process::{Command, Stdio};

use sqlx::PgPool;

use crate::support::{Cli, ROLLCALL, cli};

/// First character of a colour.
const ESCAPE: char = '\u{1b}';

/// Returns the output of a command on a terminal, with a value of NO_COLOR.
fn on_terminal(cli: &Cli, line: &str, no_color: &str) -> String {
    let mut command = Command::new("script");
    cli.with_settings(&mut command)
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{ROLLCALL} {line}"))
        .arg("/dev/null")
        .env("TERM", "xterm")
        .env("NO_COLOR", no_color)
        .stdin(Stdio::null());
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[sqlx::test(migrations = false)]
async fn terminal_output_has_colours_by_default(pool: PgPool) {
    let cli = cli(&pool);
    // The log, and the help.
    for (line, says) in [("migrate", "migrated"), ("--help", "Usage")] {
        let plain = on_terminal(&cli, line, "1");
        assert!(
            plain.contains(says) && !plain.contains(ESCAPE),
            "{line}: {plain}"
        );
        if line == "migrate" {
            cli.prepare("drop schema public cascade; create schema public")
                .await;
        }
        let coloured = on_terminal(&cli, line, "");
        assert!(coloured.contains(ESCAPE), "{line}: {coloured}");
    }
}

#[sqlx::test(migrations = false)]
async fn file_output_has_no_colours(pool: PgPool) {
    let cli = cli(&pool);
    for words in [
        &["migrate"][..],
        &["--help"],
        &["user", "list", "--sort", "x"],
        &["no-command"],
    ] {
        let ran = cli.rollcall(words);
        assert!(
            !ran.out.contains(ESCAPE) && !ran.err.contains(ESCAPE),
            "{ran:?}"
        );
    }
}
