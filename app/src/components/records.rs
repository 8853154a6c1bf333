//! Plain tables, which become cards on narrow screens.

use leptos::prelude::*;

use super::list::{
    column::{Cell, Heading},
    data_table::{self, DataTable},
};
use crate::text;

/// Table row: a record id and the cells.
pub type Record = (String, Vec<AnyView>);

/// Renders a table. The first cell of each row is its header.
#[component]
pub fn Records(
    /// Caption for screen readers.
    caption: &'static str,
    /// Column headings. The column with buttons and links is [`text::common::actions`], a heading for screen readers only.
    columns: &'static [text::Label],
    /// Rows with their cells, in the order of the columns.
    rows: Vec<Record>,
) -> impl IntoView {
    let headings: Vec<Heading> = columns.iter().copied().map(Heading::plain).collect();
    let cells: Vec<Cell> = headings.iter().map(Cell::below).collect();
    let actions = text::common::actions();
    let row = |(id, contents): Record| {
        let cells = cells.iter().zip(contents).enumerate();
        let cells = cells.map(|(number, (cell, content))| match number {
            0 => cell.header(content),
            _ if cell.label == actions => cell.plain(content),
            _ => cell.labelled(content),
        });
        data_table::row(id, cells.collect())
    };
    let rows = rows.into_iter().map(row).collect();
    let table = DataTable {
        class: "table records",
        caption,
        headings,
        select_all: None,
    };
    table.with_rows(rows)
}
