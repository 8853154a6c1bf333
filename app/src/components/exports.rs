//! Links to the exports of lists.

use domain::list::SearchParams;
use leptos::prelude::*;

use crate::{links::export, text};

/// Renders the links to the files with the rows of a list that is searched by a text. `path` is that of the export.
#[must_use]
pub fn export_links(path: &'static str, params: Signal<SearchParams>) -> AnyView {
    let file = move |format: &'static str, name: &'static str| {
        let href = move || export(path, format, &params.read());
        view! {
            <a class="button" href=href rel="external">
                {name}
            </a>
        }
    };
    view! {
        {file("csv", text::common::export_csv())}
        {file("ndjson", text::common::export_ndjson())}
    }
    .into_any()
}
