//! Plain tables, which become cards on narrow screens.

use leptos::prelude::*;

use super::rows::KeyedRow;
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
    let columns: Vec<_> = columns.iter().map(|name| name()).collect();
    let actions = text::common::actions();
    let row = |(id, cells): Record| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        let others = cells
            .zip(columns.iter().copied().skip(1))
            .map(|(cell, label)| {
                let label = (label != actions).then_some(label);
                view! { <td data-label=label dir="auto">{cell}</td> }
            });
        let row = view! {
            <tr>
                <th scope="row" dir="auto">{first}</th>
                {others.collect_view()}
            </tr>
        };
        KeyedRow::new(id, row)
    };
    let heading = |name: &'static str| {
        if name == actions {
            view! { <span class="visually-hidden">{name}</span> }.into_any()
        } else {
            name.into_any()
        }
    };
    view! {
        <table class="table records">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    {columns.iter().copied().map(|name| view! { <th scope="col">{heading(name)}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
}
