//! The floor: how fast pgbench gets through the SQL of a request, with no server between.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, anyhow};
use percent_encoding::percent_decode_str;

use super::work::{Statement, Work};
use crate::process;

/// What the server's connections set (`crates/db/src/pool.rs`) and plans depend on.
const SETTINGS: &str = "-c max_parallel_workers_per_gather=0 -c timezone=UTC";

/// Runs of all statements of a request a second, over one connection.
pub(super) fn rate(url: &str, work: &Work, time: Duration, folder: &Path) -> Result<f64> {
    let script = folder.join("floor.sql");
    fs::write(&script, script_of(&work.statements))?;
    let (address, password) = without_password(url)?;
    let mut pgbench = Command::new("pgbench");
    pgbench
        .args(["--no-vacuum", "--client=1", "--define=ready=0"])
        .arg(format!("--protocol={}", protocol(&work.statements)))
        .arg(format!("--time={}", time.as_secs().max(1)))
        .arg("--file")
        .arg(&script)
        .arg(address)
        .env("PGOPTIONS", SETTINGS);
    // In the environment, since other users can see a command's words.
    if let Some(password) = password {
        pgbench.env("PGPASSWORD", password);
    }
    let said = process::output(&mut pgbench)?;
    said.lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .ok_or_else(|| anyhow!("pgbench tells no rate:\n{said}"))
}

/// Whether every statement is planned once for a connection. The rest of pgbench plans each time.
fn all_prepared(statements: &[Statement]) -> bool {
    statements.iter().all(|statement| statement.prepared)
}

fn protocol(statements: &[Statement]) -> &'static str {
    if all_prepared(statements) {
        "prepared"
    } else {
        "extended"
    }
}

/// The statements one after the other. Where some are planned once and others each time, which no protocol of
/// pgbench does, the former are prepared by SQL the first time round.
fn script_of(statements: &[Statement]) -> String {
    let all_prepared = all_prepared(statements);
    let (mut first, mut always) = (String::new(), String::new());
    for (index, statement) in statements.iter().enumerate() {
        let sql = without_variables(&statement.sql);
        if statement.prepared && !all_prepared {
            first.push_str(&format!("prepare s{index} as {sql};\n"));
            always.push_str(&format!("execute s{index};\n"));
        } else {
            always.push_str(&format!("{sql};\n"));
        }
    }
    if first.is_empty() {
        return always;
    }
    format!("\\if :ready = 0\n{first}\\set ready 1\n\\endif\n{always}")
}

/// pgbench takes `:name` for a variable of its own, even in a text.
fn without_variables(sql: &str) -> String {
    let mut safe = String::new();
    let mut before = ' ';
    for (character, next) in sql.chars().zip(sql.chars().skip(1).chain([' '])) {
        let is_name = before != ':' && (next.is_alphabetic() || next == '_');
        if character == ':' && is_name {
            safe.push_str("' || chr(58) || '");
        } else {
            safe.push(character);
        }
        before = character;
    }
    safe
}

/// An address without its password, and the password.
fn without_password(url: &str) -> Result<(String, Option<String>)> {
    let found = url.split_once("://").and_then(|(scheme, rest)| {
        let (user, place) = rest.split_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}"), password))
    });
    let Some((address, password)) = found else {
        return Ok((url.to_owned(), None));
    };
    let password = percent_decode_str(password)
        .decode_utf8()
        .context("the password in DATABASE_URL is no text")?;
    Ok((address, Some(password.into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(sql: &str, prepared: bool) -> Statement {
        Statement {
            sql: sql.to_owned(),
            prepared,
        }
    }

    #[test]
    fn prepared_statements_are_left_to_the_protocol_where_there_are_no_others() {
        let statements = [statement("select 1", true), statement("select 2", true)];
        assert_eq!(protocol(&statements), "prepared");
        assert_eq!(script_of(&statements), "select 1;\nselect 2;\n");
    }

    #[test]
    fn prepared_statements_among_others_are_prepared_by_sql() {
        let statements = [statement("select 1", true), statement("select 2", false)];
        assert_eq!(protocol(&statements), "extended");
        assert_eq!(
            script_of(&statements),
            "\\if :ready = 0\nprepare s0 as select 1;\n\\set ready 1\n\\endif\nexecute s0;\nselect 2;\n"
        );
    }

    #[test]
    fn pgbench_finds_no_variables_in_texts() {
        assert_eq!(
            without_variables("select 'role:admin', '12:30'::text"),
            "select 'role' || chr(58) || 'admin', '12:30'::text"
        );
    }

    #[test]
    fn the_password_is_taken_out_of_the_address() {
        for (url, address, password) in [
            ("postgres://u:p%40@h/d", "postgres://u@h/d", Some("p@")),
            ("postgres://u@h:1/d", "postgres://u@h:1/d", None),
            (
                "postgres:///d?host=/run/x",
                "postgres:///d?host=/run/x",
                None,
            ),
        ] {
            assert_eq!(
                without_password(url).unwrap(),
                (address.to_owned(), password.map(str::to_owned))
            );
        }
    }
}
