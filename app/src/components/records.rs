//! A plain table of records, which becomes cards where there is no room.

use leptos::prelude::*;

use super::rows::KeyedRow;

/// A record: its id and its cells.
pub type Record = (String, Vec<AnyView>);

/// A table. The first cell of each row says what the row is about.
#[component]
pub fn Records(
    /// What the table holds.
    caption: &'static str,
    /// Names of the columns.
    columns: &'static [&'static str],
    /// The cells, row by row.
    rows: Vec<Record>,
) -> impl IntoView {
    let row = |(id, cells): Record| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        let others = cells
            .zip(columns.iter().skip(1))
            .map(|(cell, label)| view! { <td data-label=*label>{cell}</td> });
        let row = view! {
            <tr>
                <th scope="row">{first}</th>
                {others.collect_view()}
            </tr>
        };
        KeyedRow::new(id, row)
    };
    view! {
        <table class="table records">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    {columns.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
}
