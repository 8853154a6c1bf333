//! Migrations that servers of the previous version survive: no long lock of a table with many rows, nothing removed that they use.

mod alter_table;
mod migration;
mod rules;
mod statements;

use anyhow::Result;

use super::{Verdict, judge};
use crate::{files, workspace::Workspace};
use migration::History;

/// Version of the last migration that creates the first schema. It runs on an empty database, so the rules apply to later ones only.
const BASE: i64 = 20_261_129_000_800;

/// Lowest version of a name with a timestamp, `YYYYMMDDhhmmss`.
const FIRST_TIMESTAMP: i64 = 10_000_000_000_000;

/// Number of digits of a timestamp.
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
        let problems = problems(&migrations, BASE).into_iter();
        found.extend(problems.map(|problem| format!("{folder}/{problem}")));
    }
    judge(&found)
}

/// Returns the problems of all migrations after `base`, which are sorted by name.
fn problems(migrations: &[File], base: i64) -> Vec<String> {
    let mut problems = Vec::new();
    let mut history = History::default();
    for (name, sql) in migrations {
        if is_base(name, base) {
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

/// Returns whether a migration belongs to the first schema. One with a plain number can only belong to a first schema of such names.
fn is_base(name: &str, base: i64) -> bool {
    let version = name
        .split_once('_')
        .map(|(version, _)| version.parse::<i64>());
    let is_before = matches!(version, Some(Ok(version)) if version <= base);
    is_before && (base < FIRST_TIMESTAMP || is_timestamped(name))
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
