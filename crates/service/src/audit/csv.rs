//! Lines of a table that spreadsheets open and take nothing in it for a formula.

use domain::audit::ShownEntry;
use time::format_description::well_known::Rfc3339;

use crate::Error;

/// The names of the columns.
const COLUMNS: [&str; 15] = [
    "id",
    "at",
    "actor",
    "actorId",
    "via",
    "token",
    "action",
    "targetKind",
    "target",
    "targetId",
    "changes",
    "reason",
    "ip",
    "requestId",
    "parentId",
];

/// The first line.
pub(super) fn head() -> String {
    line(COLUMNS.map(str::to_owned))
}

/// The line of an entry.
///
/// # Errors
/// When its changes or its time cannot be written, which they always can.
pub(super) fn row(entry: &ShownEntry) -> Result<String, Error> {
    let at = entry.at.format(&Rfc3339);
    let changes = serde_json::to_string(&entry.changes);
    Ok(line([
        entry.id.to_string(),
        at.map_err(|error| Error::Internal(error.into()))?,
        entry.actor.label.clone(),
        text(entry.actor.id),
        entry.via.clone(),
        entry.token.clone().unwrap_or_default(),
        entry.action.clone(),
        entry.target.kind.clone(),
        entry.target.label.clone(),
        text(entry.target.id),
        changes.map_err(|error| Error::Internal(error.into()))?,
        entry.reason.clone().unwrap_or_default(),
        text(entry.ip),
        text(entry.request_id),
        text(entry.parent_id),
    ]))
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A line as RFC 4180 has it.
fn line<const N: usize>(cells: [String; N]) -> String {
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// What a formula begins with in a spreadsheet, the wide forms of Chinese and Japanese typing too: OWASP, CSV Injection.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// A cell. One that a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.starts_with(FORMULA);
    let sign = if formula { "'" } else { "" };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{sign}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{sign}{text}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of lines, by the grammar of RFC 4180; none for a text that it does not know.
    fn read(text: &str) -> Option<Vec<Vec<String>>> {
        let mut lines = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let mut cells = Vec::new();
            loop {
                let (cell, after) = match rest.strip_prefix('"') {
                    Some(quoted) => read_quoted(quoted)?,
                    None => rest.split_at(rest.find([',', '"', '\r', '\n'])?),
                };
                cells.push(cell.replace("\"\"", "\""));
                rest = after;
                match rest.strip_prefix(',') {
                    Some(next) => rest = next,
                    None => break,
                }
            }
            rest = rest.strip_prefix("\r\n")?;
            lines.push(cells);
        }
        Some(lines)
    }

    /// What stands before the quote that is not doubled, and what comes after it.
    fn read_quoted(text: &str) -> Option<(&str, &str)> {
        let mut from = 0;
        loop {
            let quote = from + text[from..].find('"')?;
            match text[quote + 1..].starts_with('"') {
                true => from = quote + 2,
                false => return Some((&text[..quote], &text[quote + 1..])),
            }
        }
    }

    /// Texts in which everything that means something to a spreadsheet is common.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[=+@\t\r\n\",' a＝-]{0,12}", any::<String>()]
    }

    proptest! {
        #[test]
        fn another_reader_finds_what_was_written_and_no_formula(
            lines in prop::collection::vec([text(), text(), text()], 0..5),
        ) {
            let file: String = lines.iter().map(|cells| line(cells.clone())).collect();
            let read = read(&file);
            prop_assert!(read.is_some(), "{:?}", file);
            let read = read.unwrap_or_default();
            prop_assert_eq!(read.len(), lines.len());
            for (cell, written) in read.iter().flatten().zip(lines.iter().flatten()) {
                prop_assert!(!cell.starts_with(FORMULA), "{:?}", cell);
                let bare = cell.strip_prefix('\'').unwrap_or(cell);
                prop_assert!(cell == written || bare == written, "{:?} of {:?}", cell, written);
            }
            prop_assert!(read.iter().all(|cells| cells.len() == 3));
        }
    }

    #[test]
    fn nothing_is_a_formula_and_everything_can_be_read_back() {
        for (text, written) in [
            ("ada", "ada"),
            ("", ""),
            ("=1+2", "'=1+2"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
            ("＝1+2", "'＝1+2"),
            ("＠SUM(A1)", "'＠SUM(A1)"),
            ("a=b", "a=b"),
            ("a,b", "\"a,b\""),
            ("a\nb", "\"a\nb\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            (
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
            ),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    #[test]
    fn a_line_has_a_cell_for_each_column() {
        assert_eq!(head().matches(',').count(), COLUMNS.len() - 1);
        assert!(head().ends_with("parentId\r\n"));
    }
}
