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
        cell(&at.map_err(|error| Error::Internal(error.into()))?),
        cell(&entry.actor.label),
        cell(&text(entry.actor.id)),
        cell(&entry.via),
        cell(entry.token.as_deref().unwrap_or_default()),
        cell(&entry.action),
        cell(&entry.target.kind),
        cell(&entry.target.label),
        cell(&text(entry.target.id)),
        cell(&changes.map_err(|error| Error::Internal(error.into()))?),
        cell(entry.reason.as_deref().unwrap_or_default()),
        cell(&text(entry.ip)),
        cell(&text(entry.request_id)),
        text(entry.parent_id),
    ]))
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A line as RFC 4180 has it, of cells that are written already.
fn line<const N: usize>(cells: [String; N]) -> String {
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}

/// What a formula begins with in a spreadsheet, the wide forms of Chinese and Japanese typing too: OWASP, CSV Injection.
const SIGNS: [char; 8] = [
    '=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// What a spreadsheet leaves out before a formula.
const BLANKS: [char; 3] = ['\t', '\r', '\n'];

/// What ends a cell in a spreadsheet that takes other separators than commas, as many languages have it: it does not look at
/// the quotes then.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// A cell of text, in quotes. What a spreadsheet would take for a formula begins with an apostrophe, at the start of the cell
/// and where a spreadsheet with other separators would begin one.
fn cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut cell = String::with_capacity(text.len() + 2);
    cell.push('"');
    if text.starts_with(BLANKS) {
        cell.push('\'');
    }
    let mut begins = true;
    for character in text.chars() {
        if begins && SIGNS.contains(&character) {
            cell.push('\'');
        }
        // A quote or a space at the start of a cell changes nothing.
        begins = SEPARATORS.contains(&character) || begins && matches!(character, '"' | ' ');
        if character == '"' {
            cell.push('"');
        }
        cell.push(character);
    }
    cell.push('"');
    cell
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
        prop_oneof!["[=+@;\t\r\n\",' a＝-]{0,12}", any::<String>()]
    }

    proptest! {
        #[test]
        fn another_reader_finds_what_was_written_and_no_formula(
            lines in prop::collection::vec([text(), text(), text()], 0..5),
        ) {
            let write = |cells: &[String; 3]| line(cells.each_ref().map(|text| cell(text)));
            let file: String = lines.iter().map(write).collect();
            let read = read(&file);
            prop_assert!(read.is_some(), "{:?}", file);
            let read = read.unwrap_or_default();
            prop_assert_eq!(read.len(), lines.len());
            for (cell, written) in read.iter().flatten().zip(lines.iter().flatten()) {
                let bare = |text: &str| text.replace('\'', "");
                prop_assert_eq!(bare(cell), bare(written));
                // However a spreadsheet divides it.
                for part in cell.split(SEPARATORS) {
                    let part = part.trim_start_matches(['"', ' ']);
                    prop_assert!(!part.starts_with(SIGNS), "{:?}", cell);
                }
                prop_assert!(!cell.starts_with(BLANKS), "{:?}", cell);
            }
            prop_assert!(read.iter().all(|cells| cells.len() == 3));
        }
    }

    #[test]
    fn nothing_is_a_formula_and_everything_can_be_read_back() {
        for (text, written) in [
            ("", ""),
            ("ada", "\"ada\""),
            ("=1+2", "\"'=1+2\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
            ("＝1+2", "\"'＝1+2\""),
            ("＠SUM(A1)", "\"'＠SUM(A1)\""),
            (" =1", "\" '=1\""),
            ("a=b", "\"a=b\""),
            ("a,b", "\"a,b\""),
            ("a;b - c", "\"a;b - c\""),
            ("a\nb", "\"a\nb\""),
            ("x;=cmd|' /C calc'!A0", "\"x;'=cmd|' /C calc'!A0\""),
            ("x\t@y;+z", "\"x\t'@y;'+z\""),
            ("x\r\n-1", "\"x\r\n'-1\""),
            ("x; \"=1", "\"x; \"\"'=1\""),
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
