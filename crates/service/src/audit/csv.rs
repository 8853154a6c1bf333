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
pub(crate) fn line<const N: usize>(cells: [String; N]) -> String {
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

/// Characters that end a cell where a user has chosen them as separators. They are frequent in texts, so that a number or a
/// dash after one stays as it is.
const CHOSEN_SEPARATORS: [char; 3] = [' ', ':', '|'];

/// Returns a quoted cell. An apostrophe precedes everything that a spreadsheet would take for a formula, at the start of
/// the cell and after each other separator.
pub(crate) fn cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut cell = String::with_capacity(text.len() + 2);
    cell.push('"');
    if text.starts_with(BLANKS) {
        cell.push('\'');
    }
    // Separators of cells that begin here. The start of the text is that of a line.
    let mut separators = vec!['\n'];
    for (at, character) in text.char_indices() {
        if SIGNS.contains(&character) {
            let rest = text.get(at..).unwrap_or_default();
            if separators.iter().any(|end| is_formula(rest, *end)) {
                cell.push('\'');
            }
        }
        if character == ' ' || SEPARATORS.contains(&character) {
            if !separators.contains(&character) {
                separators.push(character);
            }
        } else if character != '"' {
            // Only a quote or a space at the start of a cell does not prevent a formula after it.
            separators.clear();
            separators.extend(Some(character).filter(|it| CHOSEN_SEPARATORS.contains(it)));
        }
        if character == '"' {
            cell.push('"');
        }
        cell.push(character);
    }
    cell.push('"');
    cell
}

/// Returns whether a text that begins with a sign is a formula where cells end at a separator. At a chosen separator, a sign
/// alone and a number, a time or a date after plus or minus are none: `a - b`, `12:00 -05:00`.
fn is_formula(text: &str, separator: char) -> bool {
    if SEPARATORS.contains(&separator) {
        return true;
    }
    let part = text.split(separator).next().unwrap_or_default();
    let mut characters = part.chars();
    let sign = characters.next();
    let rest = characters.as_str();
    let is_number = |character: char| {
        character.is_ascii_digit() || matches!(character, '.' | ',' | ':' | '/' | '-' | '%' | ' ')
    };
    let is_signed_number =
        matches!(sign, Some('+' | '-' | '\u{FF0B}' | '\u{FF0D}')) && rest.chars().all(is_number);
    !is_signed_number && !rest.trim().is_empty()
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
        prop_oneof!["[=+@;:|\t\r\n\",' a1＝-]{0,12}", any::<String>()]
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
                let starts = |part: &str| part.trim_start_matches(['"', ' ']).starts_with(SIGNS);
                prop_assert!(!cell.split(SEPARATORS).any(starts), "{:?}", cell);
                for separator in CHOSEN_SEPARATORS {
                    let has_letter = |part: &&str| part.contains(char::is_alphabetic);
                    let mut parts = cell.split(separator).filter(has_letter);
                    prop_assert!(!parts.any(starts), "{:?} at {:?}", cell, separator);
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
            ("x=cmd|=1+2", "\"x=cmd|'=1+2\""),
            ("ask @ada", "\"ask '@ada\""),
            ("x:=1", "\"x:'=1\""),
            ("x: \"=1", "\"x: \"\"'=1\""),
            ("x -cmd|' /C calc'!A0", "\"x '-cmd|' /C calc'!A0\""),
            ("x:+(1)", "\"x:'+(1)\""),
            ("x -2+3+cmd|'y'!A0", "\"x '-2+3+cmd|'y'!A0\""),
            ("x:-1 *cmd|'y'!A0", "\"x:'-1 *cmd|'y'!A0\""),
            ("x|-1:cmd", "\"x|'-1:cmd\""),
            (":=1", "\":'=1\""),
            (": -1", "\": -1\""),
            ("x;:-1", "\"x;:-1\""),
            ("12:00:00 -05:00", "\"12:00:00 -05:00\""),
            ("call +1 555 0100", "\"call +1 555 0100\""),
            ("1 | -2.5 % | a - b = c", "\"1 | -2.5 % | a - b = c\""),
            ("see https://x/?a=b - c", "\"see https://x/?a=b - c\""),
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
