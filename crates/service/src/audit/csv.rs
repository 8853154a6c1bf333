//! Lines of a table that spreadsheets open and take nothing in it for a formula.

use domain::audit::ShownEntry;
use time::format_description::well_known::Rfc3339;

use crate::Error;

/// The names of the columns.
const COLUMNS: [&str; 14] = [
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

/// A cell. One that a spreadsheet would take for a formula begins with an apostrophe: OWASP, CSV Injection.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let sign = if formula { "'" } else { "" };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{sign}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{sign}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(head().ends_with("requestId\r\n"));
    }
}
