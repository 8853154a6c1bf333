//! CSV rows in which spreadsheets find no formula.

use domain::audit::AuditEntryResponse;
use time::format_description::well_known::Rfc3339;

use crate::Error;

/// Names of the columns, in order.
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

/// Returns the header row.
pub(super) fn head() -> String {
    line(COLUMNS.map(str::to_owned))
}

/// Returns the row of an entry.
///
/// # Errors
/// [`Error::Internal`] when the changes or the time cannot be formatted; neither happens for stored entries.
pub(super) fn row(entry: &AuditEntryResponse) -> Result<String, Error> {
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

/// Joins escaped cells to a row according to RFC 4180.
fn line<const N: usize>(cells: [String; N]) -> String {
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}

/// Characters that start a formula in a spreadsheet, including the full-width forms of Chinese and Japanese input (OWASP,
/// CSV Injection).
const SIGNS: [char; 8] = [
    '=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// Characters that a spreadsheet skips before a formula.
const BLANKS: [char; 3] = ['\t', '\r', '\n'];

/// Characters that end a cell in a spreadsheet whose locale uses another separator than the comma: it ignores the quotes
/// then.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// Returns a quoted cell. An apostrophe precedes everything that a spreadsheet would take for a formula, at the start of
/// the cell and after each separator of another locale.
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
        // A quote or a space at the start of a cell does not prevent a formula after it.
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

    /// Parses rows by the grammar of RFC 4180. None for a text that the grammar does not accept.
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

    /// Splits at the first quote that is not doubled.
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

    /// Generates texts in which characters with a meaning for spreadsheets are frequent.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[=+@;\t\r\n\",' a＝-]{0,12}", any::<String>()]
    }

    proptest! {
        #[test]
        fn other_parsers_read_the_values_and_no_formula(
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
                // No part may start a formula, whatever separator the spreadsheet uses.
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
    fn any_text_is_escaped_and_round_trips() {
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
    fn row_has_a_cell_for_each_column() {
        assert_eq!(head().matches(',').count(), COLUMNS.len() - 1);
        assert!(head().ends_with("parentId\r\n"));
    }
}
