//! Links to the exports of lists.

use leptos::prelude::*;

use crate::text;

/// Formats of an export: value in URLs, and label of the link.
pub(crate) type Formats = [(&'static str, text::Label)];

/// Formats of the lists of records.
pub(crate) const RECORDS: &Formats = &[
    ("csv", text::common::export_csv),
    ("ndjson", text::common::export_ndjson),
];

/// Id of the menu.
const ID: &str = "exports";

/// Renders the links to an export in some formats, in narrow windows as a menu. `href` returns the URL of a format.
pub(crate) fn export_links(formats: &Formats, href: &dyn Fn(&'static str) -> String) -> AnyView {
    let links = formats.iter().map(|&(format, label)| {
        view! {
            <a class="button" href=href(format) rel="external">
                {label()}
            </a>
        }
        .into_any()
    });
    let links: Vec<AnyView> = links.collect();
    let label = text::common::more_actions();
    view! {
        <button
            class="icon-button exports-button"
            type="button"
            popovertarget=ID
            aria-label=label
            title=label
        ></button>
        <div class="menu exports-menu" id=ID popover>
            {links}
        </div>
    }
    .into_any()
}
