//! Links to the exports of lists.

use domain::list::SearchParams;
use leptos::prelude::*;

use crate::{links::export, text};

/// Renders the links to the files with the rows of a list that is searched by a text, at the path of the export. There are none while
/// the list shows the error of a parameter that it does not have.
#[must_use]
pub fn export_links(path: &'static str, params: Signal<Option<SearchParams>>) -> AnyView {
    let links = move || {
        let params = params.get()?;
        let file = |format: &'static str, name: &'static str| {
            let href = export(path, format, &params);
            view! {
                <a class="button" href=href rel="external">
                    {name}
                </a>
            }
        };
        let links = view! {
            {file("csv", text::common::export_csv())}
            {file("ndjson", text::common::export_ndjson())}
        };
        Some(links.into_any())
    };
    links.into_any()
}
