//! Rows of a table, each with a key.

use leptos::{prelude::*, tachys::view::keyed::keyed};
use time::OffsetDateTime;

/// What a row shows, by its answer and its id. The elements of a row are never taken for another row: what the browser
/// keeps with them (a tick, the focus, an open menu) would then be another row's. They stay while the key does, so a row
/// of a newer answer is a new one.
pub type RowKey = (OffsetDateTime, String);

/// Draws rows, each in elements of its own.
pub fn keyed_rows(rows: Vec<(RowKey, AnyView)>) -> impl IntoView {
    keyed(
        rows,
        |(key, _): &(RowKey, AnyView)| key.clone(),
        |_, (_, row): (RowKey, AnyView)| (drop::<usize>, row),
    )
}
