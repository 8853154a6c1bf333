//! Rules of a migration and of its statements.

use super::{
    alter_table,
    migration::{History, Migration, contract},
    statements::{Tokens, parse},
};
use crate::database::NO_TRANSACTION;

/// Tables that stay small however many users there are; every other one counts as big.
const SMALL_TABLES: &[&str] = &[
    // One row; the check constraint allows no other.
    "audit_horizon",
    // Few rows per installation, created by admins.
    "roles",
    // 32 shards of some counters.
    "user_totals",
];

/// Tables that have no rows of their own: those are in partitions.
const PARTITIONED_TABLES: &[&str] = &["audit_events", "usage_events"];

/// Objects that one migration can drop and create again.
const REPLACEABLE: &[&str] = &["function", "procedure", "trigger", "view"];

/// Objects that a server of the previous version uses by name or that hold data.
const USED: &[&str] = &["domain", "extension", "schema", "sequence", "table", "type"];

/// Returns the problem of a statement, if it has one.
type Rule = fn(Tokens<'_>, &Migration<'_>) -> Option<String>;

const RULES: &[Rule] = &[concurrently, create_index, drop_or_rename, rows, command];

/// Returns the problems of a file with their lines, and adds its checks to the history.
pub(super) fn problems(sql: &str, history: &mut History) -> Vec<(usize, String)> {
    let statements = parse(sql);
    let migration = Migration::new(sql, &statements);
    let mut problems = Vec::new();
    if migration.has_no_transaction && !migration.is_single {
        problems.push((
            1,
            "without a transaction, a failure would leave the first statements applied: use one statement per file".to_owned(),
        ));
    }
    for statement in &statements {
        let tokens = statement.tokens();
        let mut found: Vec<String> = RULES
            .iter()
            .filter_map(|rule| rule(tokens, &migration))
            .collect();
        found.extend(alter_table::problems(tokens, &migration, history));
        problems.extend(found.into_iter().map(|problem| (statement.line, problem)));
    }
    problems
}

fn concurrently(tokens: Tokens<'_>, migration: &Migration<'_>) -> Option<String> {
    if !tokens.has(&["concurrently"]) {
        return None;
    }
    if !migration.has_no_transaction {
        return Some(format!(
            "`concurrently` does not work in a transaction: begin the file with the line `{NO_TRANSACTION}`"
        ));
    }
    tokens.has(&["if", "not", "exists"]).then(|| {
        "`if not exists` accepts the invalid index of a failed attempt: leave it out".to_owned()
    })
}

fn create_index(mut tokens: Tokens<'_>, migration: &Migration<'_>) -> Option<String> {
    if !tokens.eat(&["create"]) {
        return None;
    }
    tokens.eat(&["unique"]);
    if !tokens.eat(&["index"]) || tokens.starts_with(&["concurrently"]) {
        return None;
    }
    let mut tokens = tokens.after(&["on"])?;
    let is_alone = tokens.eat(&["only"]);
    let table = tokens.name()?;
    // The index of a partitioned table alone, which reads no rows; those of its partitions are attached to it.
    if is_alone && PARTITIONED_TABLES.contains(&table) {
        return None;
    }
    (!migration.creates("table", table)).then(|| {
        format!(
            "`create index` blocks writes to {table} until it is built: use `create index concurrently` in a file of its own that begins \
             with `{NO_TRANSACTION}`"
        )
    })
}

fn drop_or_rename(mut tokens: Tokens<'_>, migration: &Migration<'_>) -> Option<String> {
    if tokens.starts_with(&["alter"]) && tokens.has(&["rename"]) {
        return (!migration.is_contract).then(|| contract("rename"));
    }
    if !tokens.eat(&["drop"]) {
        return None;
    }
    tokens.eat(&["materialized"]);
    let kind = tokens.token()?;
    if kind == "index" {
        return (!tokens.starts_with(&["concurrently"])).then(|| {
            format!(
                "`drop index` waits for all readers of the table and blocks new ones: use `drop index concurrently` in a file of its own that \
                 begins with `{NO_TRANSACTION}`"
            )
        });
    }
    tokens.eat(&["if", "exists"]);
    let name = tokens.name()?;
    let is_created = if kind == "trigger" {
        tokens.eat(&["on"]) && migration.creates_trigger(name, tokens.name()?)
    } else {
        migration.creates(kind, name)
    };
    let is_replaced = REPLACEABLE.contains(&kind) && is_created;
    let is_used = USED.contains(&kind) || REPLACEABLE.contains(&kind);
    (is_used && !is_replaced && !migration.is_contract).then(|| contract(&format!("drop {kind}")))
}

/// Finds changes of all rows of a big table, also in a `with` query.
fn rows(tokens: Tokens<'_>, migration: &Migration<'_>) -> Option<String> {
    let (verb, table) = changed_table(tokens, migration)?;
    Some(format!(
        "`{verb}` locks the rows of {table} until the migration ends: change them in batches, in a job of a version that works with both \
         states. If {table} is always small, add it to SMALL_TABLES"
    ))
}

/// Returns the first change of a big table. `create function` and `create trigger` have none: a body is one token.
fn changed_table<'a>(
    mut tokens: Tokens<'a>,
    migration: &Migration<'_>,
) -> Option<(&'static str, &'a str)> {
    let without = ["create", "grant", "revoke"];
    if without.iter().any(|first| tokens.starts_with(&[*first])) {
        return None;
    }
    loop {
        let verb = if tokens.eat(&["delete", "from"]) {
            "delete"
        } else if tokens.eat(&["merge", "into"]) {
            "merge"
        } else if tokens.eat(&["truncate"]) {
            tokens.eat(&["table"]);
            "truncate"
        } else if tokens.eat(&["update"]) {
            "update"
        } else {
            // Not a change: a foreign key, a conflict, `for update`, `for no key update`.
            let before = ["on", "do", "for", "key"];
            if before.iter().any(|word| tokens.eat(&[*word, "update"])) {
                continue;
            }
            tokens.token()?;
            continue;
        };
        tokens.eat(&["only"]);
        let table = tokens.name()?;
        if !SMALL_TABLES.contains(&table) && !migration.creates("table", table) {
            return Some((verb, table));
        }
    }
}

/// Finds commands that lock a table on purpose, or that the check cannot read.
fn command(tokens: Tokens<'_>, _: &Migration<'_>) -> Option<String> {
    let starts = |beginning: &[&str]| tokens.starts_with(beginning);
    let problem = if starts(&["lock"]) {
        "`lock table` blocks requests for as long as the migration runs: leave it out, and make the change so that it works with concurrent \
         writes"
    } else if starts(&["vacuum"]) && tokens.has(&["full"]) {
        "`vacuum full` rewrites the table under a lock that blocks reads and writes: leave it to autovacuum"
    } else if starts(&["cluster"]) {
        "`cluster` rewrites the table under a lock that blocks reads and writes: leave it out"
    } else if starts(&["reindex"]) && !tokens.has(&["concurrently"]) {
        "`reindex` blocks writes to the table: use `reindex index concurrently` in a file of its own"
    } else if starts(&["do"]) {
        "the statements in a `do` block cannot be checked: write them as statements of the file"
    } else if ["begin", "start", "commit", "rollback", "end"]
        .iter()
        .any(|first| starts(&[*first]))
    {
        "the transaction of a migration begins and ends with the file: leave the command out"
    } else if starts(&["set"])
        && (tokens.has(&["lock_timeout"]) || tokens.has(&["statement_timeout"]))
    {
        "the timeouts of a migration are set by `rollcall migrate`: leave the command out"
    } else {
        return None;
    };
    Some(problem.to_owned())
}
