//! Properties of a migration that its statements depend on.

use super::statements::{Statement, Tokens};
use crate::database::has_no_transaction;

/// Beginning of the line in the header of a migration that removes what an earlier version of the program uses.
const CONTRACT: &str = "-- contract: ";

/// Checks that earlier migrations have added and validated.
#[derive(Default)]
pub(super) struct History {
    /// Table, constraint and column of each check that a column is not null.
    pub(super) not_null_checks: Vec<[String; 3]>,
    /// Table and constraint of each validation.
    pub(super) validated: Vec<[String; 2]>,
}

impl History {
    /// Returns whether a validated check says that a column has no nulls.
    pub(super) fn has_no_nulls(&self, table: &str, column: &str) -> bool {
        let mut checks = self.not_null_checks.iter();
        checks.any(|[of, constraint, checked]| {
            of == table
                && checked == column
                && self
                    .validated
                    .iter()
                    .any(|[of, valid]| of == table && valid == constraint)
        })
    }
}

/// Properties of a file that decide about its statements.
pub(super) struct Migration<'a> {
    /// Whether its header has a line [`CONTRACT`].
    pub(super) is_contract: bool,
    /// Whether it has one statement only.
    pub(super) is_single: bool,
    /// Whether it runs outside of a transaction.
    pub(super) has_no_transaction: bool,
    /// Kind and name of everything that it creates.
    created: Vec<(&'a str, &'a str)>,
    /// Name and table of each trigger that it creates. Several tables have triggers of one name.
    triggers: Vec<(&'a str, &'a str)>,
}

impl<'a> Migration<'a> {
    pub(super) fn new(sql: &str, statements: &'a [Statement]) -> Self {
        let tokens = || statements.iter().map(Statement::tokens);
        Self {
            is_contract: is_contract(sql),
            is_single: statements.len() == 1,
            has_no_transaction: has_no_transaction(sql),
            created: tokens().filter_map(created).collect(),
            triggers: tokens().filter_map(created_trigger).collect(),
        }
    }

    /// Returns whether it creates this object.
    pub(super) fn creates(&self, kind: &str, name: &str) -> bool {
        self.created.contains(&(kind, name))
    }

    /// Returns whether it creates this trigger.
    pub(super) fn creates_trigger(&self, name: &str, table: &str) -> bool {
        self.triggers.contains(&(name, table))
    }
}

/// Explains why something is part of a migration with the header [`CONTRACT`] only.
pub(super) fn contract(what: &str) -> String {
    format!(
        "`{what}` breaks servers of the previous version, which still run during an upgrade: release a version that does not use it first, \
         and name that version in the header, `{CONTRACT}…`"
    )
}

/// Returns whether the comments before the first statement say which version no longer uses what is removed.
fn is_contract(sql: &str) -> bool {
    let mut header = sql
        .lines()
        .take_while(|line| line.trim().is_empty() || line.starts_with("--"));
    header.any(|line| {
        line.strip_prefix(CONTRACT)
            .is_some_and(|reason| !reason.trim().is_empty())
    })
}

/// Returns kind and name of what a statement creates.
fn created(mut tokens: Tokens<'_>) -> Option<(&str, &str)> {
    if !tokens.eat(&["create"]) {
        return None;
    }
    tokens.eat(&["or", "replace"]);
    while tokens.eat(&["unlogged"]) || tokens.eat(&["materialized"]) {}
    let kind = tokens.token()?;
    tokens.eat(&["if", "not", "exists"]);
    Some((kind, tokens.name()?))
}

/// Returns name and table of the trigger that a statement creates.
fn created_trigger(mut tokens: Tokens<'_>) -> Option<(&str, &str)> {
    if !tokens.eat(&["create"]) {
        return None;
    }
    tokens.eat(&["or", "replace"]);
    tokens.eat(&["constraint"]);
    if !tokens.eat(&["trigger"]) {
        return None;
    }
    let name = tokens.name()?;
    Some((name, tokens.after(&["on"])?.name()?))
}
