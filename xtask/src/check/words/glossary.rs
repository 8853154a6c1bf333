//! The table of docs/GLOSSARY.md.

/// A term of the left column and the right column of its row.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) instead: String,
}

/// Returns the terms of every table whose first column is headed `not`.
///
/// A cell holds several terms between `,`, `;` or ` / `. Backticks and remarks in parentheses are dropped.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut is_in_table = false;
    for line in text.lines() {
        let Some((left, right)) = first_cells(line) else {
            is_in_table = false;
            continue;
        };
        if left.eq_ignore_ascii_case("not") {
            is_in_table = true;
        } else if is_in_table && !is_rule(left) {
            let instead = right.replace('`', "");
            entries.extend(terms(left).into_iter().map(|name| Entry {
                name,
                instead: instead.clone(),
            }));
        }
    }
    entries
}

/// Returns the first two cells of a table's row.
fn first_cells(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
    Some((cells.next()?, cells.next()?))
}

/// Reports whether a cell belongs to the line between heading and rows, as in `|---|:--|`.
fn is_rule(cell: &str) -> bool {
    cell.chars().all(|letter| matches!(letter, '-' | ':' | ' '))
}

fn terms(cell: &str) -> Vec<String> {
    without_remarks(cell)
        .replace('`', "")
        .replace(" / ", ",")
        .split([',', ';'])
        .map(str::trim)
        .filter(|term| !term.is_empty())
        .map(str::to_owned)
        .collect()
}

fn without_remarks(cell: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    for letter in cell.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        entries(text).into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_row_gives_each_term_of_its_first_cell() {
        let table = "\
            # Glossary\n\n\
            | not | but | note |\n\
            |---|:-:|---|\n\
            | fault, faults (enum `Fault`, old) | error, `FieldError` | |\n\
            | anew; encrypted anew | again | |\n\
            | is told / may do | can | |\n";
        assert_eq!(
            names(table),
            [
                "fault",
                "faults",
                "anew",
                "encrypted anew",
                "is told",
                "may do"
            ]
        );
        assert_eq!(
            entries(table).first(),
            Some(&Entry {
                name: "fault".to_owned(),
                instead: "error, FieldError".to_owned()
            })
        );
    }

    #[test]
    fn other_tables_and_prose_are_ignored() {
        let text = "not | but\n\n| name | meaning |\n|---|---|\n| user | an account |\n";
        assert!(names(text).is_empty());
        let two = "| not | but |\n|---|---|\n| deed | action |\n\n| user | account |\n";
        assert_eq!(names(two), ["deed"]);
    }
}
