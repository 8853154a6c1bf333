//! Lower bound: the rate at which pgbench runs the SQL of a request without the server.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, anyhow};
use percent_encoding::percent_decode_str;

use super::work::{Statement, Work};
use crate::process;

/// Settings of the server's connections (`crates/db/src/pool.rs`) that affect plans.
const SETTINGS: &str = "-c max_parallel_workers_per_gather=0 -c timezone=UTC";

/// Returns how often per second pgbench runs all statements of a request on one connection.
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
    // In the environment, because other users can read the arguments of a process.
    if let Some(password) = password {
        pgbench.env("PGPASSWORD", password);
    }
    let said = process::output(&mut pgbench)?;
    said.lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .ok_or_else(|| anyhow!("pgbench printed no rate:\n{said}"))
}

/// Reports whether each statement is planned once per connection. Otherwise pgbench plans every statement each time.
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

/// Returns the statements as a pgbench script. If only some of them are prepared, no protocol of pgbench fits: the
/// script then prepares those by SQL in its first run.
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

/// Escapes `:name`, which pgbench takes for a variable even inside a literal. The literal keeps its type, which PostgreSQL infers.
fn without_variables(sql: &str) -> String {
    // A doubled quote inside a literal is hidden, so that the literal is one part.
    let hidden = sql.replace("''", "\0");
    let parts = hidden.split('\'').enumerate().map(|(index, part)| {
        let is_literal = index % 2 == 1;
        match (is_literal, has_variable(part)) {
            (true, true) => {
                let escaped = part.replace('\\', r"\\").replace(':', r"\003A");
                format!("U&'{escaped}'")
            }
            (true, false) => format!("'{part}'"),
            (false, _) => part.to_owned(),
        }
    });
    parts.collect::<String>().replace('\0', "''")
}

fn has_variable(text: &str) -> bool {
    let mut after = text.split(':').skip(1);
    after.any(|rest| rest.starts_with(|first: char| first.is_alphabetic() || first == '_'))
}

/// Splits a URL into the URL without the password and the password.
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
    fn prepared_statements_use_the_protocol() {
        let statements = [statement("select 1", true), statement("select 2", true)];
        assert_eq!(protocol(&statements), "prepared");
        assert_eq!(script_of(&statements), "select 1;\nselect 2;\n");
    }

    #[test]
    fn mixed_statements_are_prepared_by_sql() {
        let statements = [statement("select 1", true), statement("select 2", false)];
        assert_eq!(protocol(&statements), "extended");
        assert_eq!(
            script_of(&statements),
            "\\if :ready = 0\nprepare s0 as select 1;\n\\set ready 1\n\\endif\nexecute s0;\nselect 2;\n"
        );
    }

    #[test]
    fn text_contains_no_pgbench_variables() {
        assert_eq!(
            without_variables(r#"select 'role:admin', '12:30'::text, '', '{"a\b":"it''s:x"}'"#),
            r#"select U&'role\003Aadmin', '12:30'::text, '', U&'{"a\\b"\003A"it''s\003Ax"}'"#
        );
    }

    #[test]
    fn password_is_removed_from_the_address() {
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
