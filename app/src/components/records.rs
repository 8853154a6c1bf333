//! A plain table of records, which becomes cards where there is no room.

use leptos::prelude::*;

/// A table. The first cell of each row says what the row is about.
#[component]
pub fn Records(
    /// What the table holds.
    caption: &'static str,
    /// Names of the columns.
    columns: &'static [&'static str],
    /// The cells, row by row.
    rows: Vec<Vec<AnyView>>,
) -> impl IntoView {
    let row = |cells: Vec<AnyView>| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        let others = cells
            .zip(columns.iter().skip(1))
            .map(|(cell, label)| view! { <td data-label=*label>{cell}</td> });
        view! {
            <tr>
                <th scope="row">{first}</th>
                {others.collect_view()}
            </tr>
        }
    };
    view! {
        <table class="table records">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    {columns.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
