//! Markdown tables with aligned columns, readable in a terminal too.

/// Heading and alignment of a column.
pub(super) struct Column {
    heading: &'static str,
    right: bool,
}

impl Column {
    pub(super) const fn left(heading: &'static str) -> Self {
        Self {
            heading,
            right: false,
        }
    }

    pub(super) const fn right(heading: &'static str) -> Self {
        Self {
            heading,
            right: true,
        }
    }
}

pub(super) fn markdown(columns: &[Column], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = rows.iter().filter_map(|row| row.get(index));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(column.heading.chars().count())
        })
        .collect();
    let mut text = line(
        columns
            .iter()
            .zip(&widths)
            .map(|(column, width)| pad(column.heading, *width, column.right)),
    );
    text.push_str(&line(columns.iter().zip(&widths).map(|(column, width)| {
        let dashes = "-".repeat(width.saturating_sub(1));
        if column.right {
            format!("{dashes}:")
        } else {
            format!("{dashes}-")
        }
    })));
    for row in rows {
        text.push_str(&line(
            row.iter()
                .zip(columns)
                .zip(&widths)
                .map(|((cell, column), width)| pad(cell, *width, column.right)),
        ));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

fn pad(text: &str, width: usize, right: bool) -> String {
    if right {
        format!("{text:>width$}")
    } else {
        format!("{text:<width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_their_widest_cell() {
        let columns = [Column::left("a"), Column::right("bc")];
        let rows = [["xyz", "1"], ["x", "2345"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            markdown(&columns, &rows),
            "| a   |   bc |\n| --- | ---: |\n| xyz |    1 |\n| x   | 2345 |\n"
        );
    }
}
