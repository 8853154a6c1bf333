//! Migrations that servers of the previous version survive: no long lock of a table with many rows, nothing removed that they use.

mod alter_table;
mod migration;
mod rules;
mod statements;

use anyhow::Result;

use super::{Verdict, judge};
use crate::{files, workspace::Workspace};
use migration::History;

/// Migrations that create the first schema. They run on an empty database, so the rules apply to all others only.
const FIRST_SCHEMA: &[&str] = &[
    "20261129000100_create_functions.sql",
    "20261129000200_create_users.sql",
    "20261129000300_create_sessions.sql",
    "20261129000400_create_credentials.sql",
    "20261129000500_create_owned_data.sql",
    "20261129000600_create_audit_log.sql",
    "20261129000700_create_jobs.sql",
    "20261129000800_store_counters.sql",
];

/// Number of digits of a timestamp, `YYYYMMDDhhmmss`.
const TIMESTAMP_DIGITS: usize = 14;

/// Folders with migrations: those of the product, and those of the test of an upgrade.
const FOLDERS: &[&str] = &["migrations", "server/tests/cli/upgrade"];

/// A file with its name and content.
type File = (String, String);

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let mut migrations = Vec::new();
        for path in files::with_extension(&workspace.root.join(folder), &["sql"])? {
            let name = path.file_name().unwrap_or_default();
            migrations.push((name.to_string_lossy().into_owned(), files::text(&path)?));
        }
        let problems = problems(&migrations, FIRST_SCHEMA).into_iter();
        found.extend(problems.map(|problem| format!("{folder}/{problem}")));
    }
    judge(&found)
}

/// Returns the problems of all migrations that `first_schema` does not name. They are sorted by name.
fn problems(migrations: &[File], first_schema: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut history = History::default();
    for (name, sql) in migrations {
        if first_schema.contains(&name.as_str()) {
            continue;
        }
        if !is_timestamped(name) {
            problems.push(format!(
                "{name}: the name is not `YYYYMMDDhhmmss_verb_topic.sql`, with the time of its creation in UTC"
            ));
        }
        for (line, problem) in rules::problems(sql, &mut history) {
            problems.push(format!("{name}:{line}: {problem}"));
        }
    }
    problems
}

fn is_timestamped(name: &str) -> bool {
    name.split_once('_').is_some_and(|(version, topic)| {
        version.len() == TIMESTAMP_DIGITS
            && version.bytes().all(|digit| digit.is_ascii_digit())
            && !matches!(topic, "" | ".sql")
    })
}

#[cfg(test)]
mod tests;
