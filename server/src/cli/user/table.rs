//! Tables with aligned columns.

use unicode_width::UnicodeWidthStr;

use super::print::clean;

/// Spaces between two columns.
const GAP: usize = 2;

/// A table that is written in parts. Columns only grow wider.
#[derive(Debug, Default)]
pub(in crate::cli) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Formats rows, one per line.
    pub(in crate::cli) fn lay_out<const N: usize>(&mut self, rows: &[[String; N]]) -> String {
        let rows: Vec<[String; N]> = rows
            .iter()
            .map(|row| row.each_ref().map(|cell| clean(cell)))
            .collect();
        self.widths.resize(N, 0);
        for row in &rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let lines: Vec<String> = rows.iter().map(|row| self.line(row)).collect();
        lines.join("\n")
    }

    fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&self.widths) {
            line.push_str(cell);
            let rest = width.saturating_sub(cell.width());
            line.push_str(&" ".repeat(rest + GAP));
        }
        line.trim_end().to_owned()
    }
}

/// Formats items as a whole table with headings.
pub(in crate::cli) fn with_headings<T, const N: usize>(
    headings: [&str; N],
    items: &[T],
    row: fn(&T) -> [String; N],
) -> String {
    let headings = std::iter::once(headings.map(str::to_owned));
    let rows: Vec<_> = headings.chain(items.iter().map(row)).collect();
    Table::default().lay_out(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, role: &str) -> [String; 2] {
        [name.to_owned(), role.to_owned()]
    }

    #[test]
    fn columns_align_in_every_script() {
        let mut table = Table::default();
        let text = table.lay_out(&[
            row("NAME", "ROLE"),
            row("王伟王", "admin"),
            row("é", "user"),
        ]);
        assert_eq!(text, "NAME    ROLE\n王伟王  admin\né       user");
        assert_eq!(table.lay_out(&[row("a", "b")]), "a       b");
    }

    #[test]
    fn names_cannot_send_terminal_controls() {
        let mut table = Table::default();
        assert_eq!(table.lay_out(&[row("a\u{1b}[2J", "")]), "a\u{fffd}[2J");
    }
}
