//! Output of a list while it is read: the elements of one JSON array, or the lines of one table.

use super::user::{
    print::{Output, escape, note},
    table::Table,
};
use crate::{failure::BoxError, output::say};

/// Writes rows as they arrive.
pub(super) struct Rows<const N: usize> {
    output: Output,
    headings: [&'static str; N],
    none: &'static str,
    table: Table,
    any: bool,
}

impl<const N: usize> Rows<N> {
    /// Starts an empty list. `none` is the note for a list that ends empty.
    pub(super) fn new(output: Output, headings: [&'static str; N], none: &'static str) -> Self {
        Self {
            output,
            headings,
            none,
            table: Table::default(),
            any: false,
        }
    }

    /// Writes more rows.
    pub(super) fn print<T>(
        &mut self,
        items: Vec<T>,
        json: impl Fn(T) -> serde_json::Result<String>,
        row: impl Fn(&T) -> [String; N],
    ) -> Result<(), BoxError> {
        if items.is_empty() {
            return Ok(());
        }
        let text = if self.output.json {
            elements(items, json, self.any)?
        } else {
            let headings = (!self.any).then(|| self.headings.map(str::to_owned));
            let rows: Vec<_> = headings.into_iter().chain(items.iter().map(row)).collect();
            self.table.lay_out(&rows)
        };
        self.any = true;
        say(&text)
    }

    /// Ends the list.
    pub(super) fn finish(self) -> Result<(), BoxError> {
        match (self.output.json, self.any) {
            (true, true) => say("]"),
            (true, false) => say("[]"),
            (false, true) => Ok(()),
            (false, false) => {
                note(self.none);
                Ok(())
            }
        }
    }
}

/// Returns elements of one array, which may have begun already: each line begins with the separator in front of its element.
fn elements<T>(
    items: Vec<T>,
    json: impl Fn(T) -> serde_json::Result<String>,
    mut begun: bool,
) -> serde_json::Result<String> {
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        let sign = if begun { ',' } else { '[' };
        lines.push(format!("{sign}{}", escape(&json(item)?)));
        begun = true;
    }
    Ok(lines.join("\n"))
}
