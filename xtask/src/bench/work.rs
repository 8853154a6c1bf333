//! Parser of the statements in PostgreSQL's log.

/// Shape of an id.
const ID: &str = "'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'";

/// Statements of one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) statements: Vec<Statement>,
    /// Number of statements without SQL, by which a client checks its connection.
    pub(super) empty: usize,
}

/// Statement that can be run again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// SQL with parameter values inserted.
    pub(super) sql: String,
    /// Whether it is a named prepared statement, which is not planned for each request.
    pub(super) prepared: bool,
}

impl Work {
    /// Parses a part of the log. Only the traced database logs statements.
    pub(super) fn read(log: &str) -> Self {
        let mut work = Self::default();
        let mut entries = entries(log).into_iter().peekable();
        while let Some(entry) = entries.next() {
            let Some((sql, prepared)) = statement(&entry) else {
                continue;
            };
            let values = entries
                .peek()
                .and_then(|next| parameters(next))
                .unwrap_or_default();
            if is_empty(sql) {
                work.empty += 1;
            } else {
                let sql = with_values(sql, &values);
                work.statements.push(Statement { sql, prepared });
            }
        }
        work
    }
}

impl Work {
    /// Reports whether both have the same statements except for digits.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let shape = |work: &Self| -> Vec<(String, bool)> {
            let statements = work.statements.iter();
            statements
                .map(|statement| (without_digits(&statement.sql), statement.prepared))
                .collect()
        };
        self.empty == other.empty && shape(self) == shape(other)
    }
}

fn without_digits(sql: &str) -> String {
    sql.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Splits a log into entries. Continuation lines begin with a tab.
fn entries(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), entries.last_mut()) {
            (Some(rest), Some(entry)) => {
                entry.push('\n');
                entry.push_str(rest);
            }
            _ => entries.push(line.to_owned()),
        }
    }
    entries
}

/// Returns the SQL of an entry and whether it was a named prepared statement; `None` if the entry logs no statement.
fn statement(entry: &str) -> Option<(&str, bool)> {
    let (_, message) = entry.split_once("LOG:  ")?;
    if let Some(sql) = message.strip_prefix("statement: ") {
        return Some((sql, false));
    }
    let (name, sql) = message.strip_prefix("execute ")?.split_once(": ")?;
    Some((sql, name != "<unnamed>"))
}

fn is_empty(sql: &str) -> bool {
    sql.lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with("--") || line.starts_with("/*"))
}

/// Returns the values of an entry like `DETAIL: parameters: $1 = 'it''s', $2 = NULL` as SQL literals.
fn parameters(entry: &str) -> Option<Vec<String>> {
    let (_, detail) = entry.split_once("DETAIL:  ")?;
    let mut rest = detail
        .strip_prefix("parameters: ")
        .or_else(|| detail.strip_prefix("Parameters: "))?;
    let mut values = Vec::new();
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = end_of_value(value);
        let (value, behind) = value.split_at_checked(end)?;
        values.push(value.to_owned());
        rest = behind;
    }
    Some(values)
}

/// Returns the end of a value: after its closing quote, or at the comma after an unquoted value.
fn end_of_value(text: &str) -> usize {
    if !text.starts_with('\'') {
        return text.find(',').unwrap_or(text.len());
    }
    let mut inside = false;
    for (index, character) in text.char_indices() {
        match character {
            // A doubled quote leaves the literal and enters it again.
            '\'' => inside = !inside,
            ',' if !inside => return index,
            _ => {}
        }
    }
    text.len()
}

/// Replaces `$1`, `$2` and so on by the values.
fn with_values(sql: &str, values: &[String]) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let value = number
            .parse::<usize>()
            .ok()
            .and_then(|number| values.get(number.checked_sub(1)?));
        match value {
            Some(value) => text.push_str(&typed(value)),
            None => {
                text.push('$');
                text.push_str(number);
            }
        }
        text.push_str(rest);
    }
    text
}

/// Returns a value as SQL. The log has no types. PostgreSQL infers them except for timestamps passed to functions that accept any type,
/// and for ids in array constructors.
fn typed(value: &str) -> String {
    if begins_like(value, "'0000-00-00 00:00:00") && value.ends_with("+00'") {
        format!("{value}::timestamptz")
    } else if begins_like(value, ID) && value.len() == ID.len() {
        format!("{value}::uuid")
    } else {
        value.to_owned()
    }
}

/// Reports whether a value begins as a pattern does, in which `0` is any digit and `x` any hexadecimal digit.
fn begins_like(value: &str, pattern: &str) -> bool {
    let is_like = |(found, wanted): (char, char)| match wanted {
        '0' => found.is_ascii_digit(),
        'x' => found.is_ascii_hexdigit(),
        _ => found == wanted,
    };
    value.len() >= pattern.len() && value.chars().zip(pattern.chars()).all(is_like)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_with_their_parameters() {
        let log = "\
2026-01-01 00:00:00.000 UTC [7] LOG:  checkpoint starting: time
2026-01-01 00:00:00.001 UTC [8] LOG:  execute sqlx_s_1: select a
\tfrom b where c = $1 and d < $2
2026-01-01 00:00:00.001 UTC [8] DETAIL:  parameters: $1 = 'it''s, $2 = ''', $2 = '2026-01-31 23:59:59.5+00'
2026-01-01 00:00:00.002 UTC [8] LOG:  execute <unnamed>: select $1::text, $10
2026-01-01 00:00:00.002 UTC [8] DETAIL:  Parameters: $1 = NULL
2026-01-01 00:00:00.003 UTC [8] LOG:  statement: -- ping
2026-01-01 00:00:00.003 UTC [8] LOG:  statement: begin
";
        let statement = |sql: &str, prepared| Statement {
            sql: sql.to_owned(),
            prepared,
        };
        assert_eq!(
            Work::read(log),
            Work {
                statements: vec![
                    statement(
                        "select a\nfrom b where c = 'it''s, $2 = ''' and d < '2026-01-31 23:59:59.5+00'::timestamptz",
                        true
                    ),
                    statement("select NULL::text, $10", false),
                    statement("begin", false),
                ],
                empty: 1,
            }
        );
    }

    #[test]
    fn repeated_request_is_recognised() {
        let at = |timestamp: &str, rest: &str| {
            Work::read(&format!(
                "2026-01-01 00:00:00 UTC [8] LOG:  statement: select a where b < '{timestamp}'\n{rest}"
            ))
        };
        let work = at("2026-01-01", "");
        assert!(work.is_like(&at("2026-12-31", "")));
        let more = "2026-01-01 00:00:00 UTC [9] LOG:  statement: begin\n";
        assert!(!work.is_like(&at("2026-01-01", more)));
        let ping = "2026-01-01 00:00:00 UTC [9] LOG:  statement: -- ping\n";
        assert!(!work.is_like(&at("2026-01-01", ping)));
    }

    #[test]
    fn values_have_the_types_that_are_not_inferred() {
        let id = "'00000000-0000-7000-8000-00000000000a'";
        assert_eq!(typed(id), format!("{id}::uuid"));
        assert_eq!(
            typed("'2026-01-31 23:59:59+00'"),
            "'2026-01-31 23:59:59+00'::timestamptz"
        );
        for value in [
            "'2026-01-31'",
            "'51'",
            "NULL",
            "'{admin}'",
            "'00000000-0000-7000'",
        ] {
            assert_eq!(typed(value), value);
        }
    }
}
