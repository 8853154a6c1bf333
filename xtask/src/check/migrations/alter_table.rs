//! Rules of `alter table`, for tables that the migration does not create.

use super::{
    migration::{History, Migration, contract},
    statements::Tokens,
};

/// First words of a constraint without a name.
const CONSTRAINTS: &[&str] = &["check", "exclude", "foreign", "primary", "unique"];

/// Functions in defaults that PostgreSQL evaluates once for all rows, when the column is added. `cast` is none, but looks like one.
const EVALUATED_ONCE: &[&str] = &[
    "cast",
    "now",
    "statement_timestamp",
    "transaction_timestamp",
];

/// Types that take their default from a sequence.
const SERIAL: &[&str] = &["bigserial", "serial", "smallserial"];

/// Words that end the default of a column.
const AFTER_DEFAULT: &[&str] = &[
    "check",
    "constraint",
    "generated",
    "not",
    "primary",
    "references",
    "unique",
];

/// Returns the problems of a statement, if it is one of these.
pub(super) fn problems(
    mut tokens: Tokens<'_>,
    migration: &Migration<'_>,
    history: &mut History,
) -> Vec<String> {
    if !tokens.eat(&["alter", "table"]) {
        return Vec::new();
    }
    tokens.eat(&["if", "exists"]);
    tokens.eat(&["only"]);
    let table = tokens.name().unwrap_or_default();
    if migration.creates("table", table) {
        return Vec::new();
    }
    let actions = tokens.split();
    let mut table = Table {
        name: table,
        is_single: migration.is_single && actions.len() == 1,
        is_contract: migration.is_contract,
        history,
    };
    actions
        .into_iter()
        .filter_map(|action| table.problem(action))
        .collect()
}

/// Table that a statement alters.
struct Table<'a> {
    name: &'a str,
    /// Whether the migration does nothing else.
    is_single: bool,
    is_contract: bool,
    history: &'a mut History,
}

impl Table<'_> {
    fn problem(&mut self, mut action: Tokens<'_>) -> Option<String> {
        if action.eat(&["add"]) {
            self.added(action)
        } else if action.eat(&["validate", "constraint"]) {
            self.validated(action)
        } else if action.eat(&["alter"]) {
            action.eat(&["column"]);
            self.altered(action)
        } else if action.eat(&["drop"]) {
            let is_column = !action.starts_with(&["constraint"]);
            (is_column && !self.is_contract).then(|| contract("drop column"))
        } else if action.eat(&["set", "schema"]) {
            (!self.is_contract).then(|| contract("set schema"))
        } else {
            let rewrites = [
                ["set", "logged"],
                ["set", "unlogged"],
                ["set", "tablespace"],
            ];
            let rewrites = rewrites.iter().any(|change| action.starts_with(change));
            rewrites.then(|| self.rewrite("this change"))
        }
    }

    fn rewrite(&self, what: &str) -> String {
        format!(
            "{what} rewrites {} under a lock that blocks reads and writes: add a nullable column without it, write it from then on, fill it in \
             batches in a job, and read it in a later version",
            self.name
        )
    }

    fn added(&mut self, mut action: Tokens<'_>) -> Option<String> {
        let constraint = action.eat(&["constraint"]).then(|| action.name());
        if constraint.is_some()
            || CONSTRAINTS
                .iter()
                .any(|first| action.starts_with(&[*first]))
        {
            return self.added_constraint(constraint.flatten().unwrap_or_default(), action);
        }
        action.eat(&["column"]);
        action.eat(&["if", "not", "exists"]);
        let column = action.name()?;
        self.added_column(column, action)
    }

    fn added_constraint(&mut self, name: &str, constraint: Tokens<'_>) -> Option<String> {
        let table = self.name;
        if constraint.starts_with(&["check"]) || constraint.starts_with(&["foreign"]) {
            if !constraint.has(&["not", "valid"]) {
                return Some(format!(
                    "`add constraint` reads {table} under a lock that blocks writes: add it `not valid`, and validate it in the next migration"
                ));
            }
            let mut check = constraint;
            if check.eat(&["check", "("])
                && let Some(column) = check.token()
                && check.starts_with(&["is", "not", "null", ")"])
            {
                let found = [table, name, column].map(str::to_owned);
                self.history.not_null_checks.push(found);
            }
            return None;
        }
        let has_index = constraint.has(&["using", "index"]);
        if constraint.starts_with(&["exclude"]) {
            return Some(format!(
                "an exclusion constraint builds its index under a lock that blocks {table}: it can only be added to a new table"
            ));
        }
        (!has_index).then(|| {
            format!(
                "a unique constraint or primary key builds its index under a lock that blocks {table}: build a unique index `concurrently` in an \
                 earlier migration, then add the constraint `using index`"
            )
        })
    }

    fn added_column(&self, column: &str, definition: Tokens<'_>) -> Option<String> {
        let has_default = definition.has(&["default"]);
        if definition.has(&["generated"]) {
            return Some(self.rewrite("a generated column"));
        }
        if SERIAL.iter().any(|kind| definition.starts_with(&[*kind])) {
            return Some(self.rewrite("a column with a sequence"));
        }
        if definition.has(&["check"]) || (definition.has(&["references"]) && has_default) {
            return Some(format!(
                "the constraint of {column} reads {} under a lock that blocks reads and writes: add it separately and `not valid`, and validate it \
                 in the next migration",
                self.name
            ));
        }
        if definition.has(&["unique"]) || definition.has(&["primary", "key"]) {
            return Some(format!(
                "a unique column builds its index under a lock that blocks {}: add the column, then a unique index `concurrently`",
                self.name
            ));
        }
        if has_computed_default(definition) {
            return Some(self.rewrite("a default that is computed for each row"));
        }
        (definition.has(&["not", "null"]) && !has_default).then(|| {
            format!(
                "servers of the previous version do not write {column}, and existing rows have no value: add it nullable or with a constant \
                 default"
            )
        })
    }

    fn validated(&mut self, mut action: Tokens<'_>) -> Option<String> {
        let constraint = action.name()?;
        let found = [self.name, constraint].map(str::to_owned);
        self.history.validated.push(found);
        (!self.is_single).then(|| {
            format!(
                "`validate constraint` reads {} while the locks of the other changes block it: use a migration of its own",
                self.name
            )
        })
    }

    fn altered(&self, mut action: Tokens<'_>) -> Option<String> {
        let column = action.name()?;
        if action.eat(&["type"]) || action.eat(&["set", "data", "type"]) {
            return Some(self.rewrite("a change of the type"));
        }
        let is_unproven =
            action.eat(&["set", "not", "null"]) && !self.history.has_no_nulls(self.name, column);
        is_unproven.then(|| {
            format!(
                "`set not null` reads {} under a lock that blocks reads and writes, unless a check is proof: in earlier migrations add the constraint \
                 `check ({column} is not null) not valid`, then validate it",
                self.name
            )
        })
    }
}

/// Returns whether the default of a column calls a function that PostgreSQL may have to call for each row.
fn has_computed_default(definition: Tokens<'_>) -> bool {
    let Some(mut default) = definition.after(&["default"]) else {
        return false;
    };
    let (mut before, mut last) = ("", "");
    while let Some(token) = default.token() {
        if AFTER_DEFAULT.contains(&token) {
            return false;
        }
        // `::varchar(20)` is a type.
        let is_call = token == "("
            && before != ":"
            && last.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && !EVALUATED_ONCE.contains(&last);
        if is_call {
            return true;
        }
        (before, last) = (last, token);
    }
    false
}
