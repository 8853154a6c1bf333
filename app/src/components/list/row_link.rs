//! Links in the rows of lists: to the page of the row, and to its dialogs.

use leptos::prelude::*;

/// Link to a dialog about a row.
#[derive(Debug, Clone)]
pub(crate) struct RowLink {
    /// URL of the dialog.
    pub(crate) href: String,
    /// Text of the link.
    pub(crate) label: &'static str,
    /// Accessible label that names the row.
    pub(crate) about: String,
}

impl RowLink {
    /// Renders the link.
    pub(crate) fn render(self) -> AnyView {
        view! {
            <a class="button" href=self.href data-noscroll aria-label=self.about>
                {self.label}
            </a>
        }
        .into_any()
    }
}

/// Renders the links of a row to its dialogs.
pub(crate) fn row_links(links: Vec<RowLink>) -> AnyView {
    let links: Vec<AnyView> = links.into_iter().map(RowLink::render).collect();
    view! { <div class="chips">{links}</div> }.into_any()
}

/// Renders a name, which can be in any language, as the link to its page.
pub(crate) fn name_link(href: String, name: String) -> AnyView {
    view! {
        <a href=href>
            <bdi>{name}</bdi>
        </a>
    }
    .into_any()
}

/// Renders the link beside a title to the dialog that creates an object.
pub(crate) fn new_link(href: Signal<String>, label: &'static str) -> AnyView {
    view! {
        <div class="toolbar-end">
            <a class="button button-primary" href=href data-noscroll>
                {label}
            </a>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn links_are_named_after_their_row() {
        let links = ["edit", "delete"].map(|word| RowLink {
            href: format!("/clients/7/{word}"),
            label: "Go",
            about: format!("{word} “Ada”"),
        });
        let html = row_links(links.into()).to_html();
        for word in ["edit", "delete"] {
            let about = format!("aria-label=\"{word} “Ada”\"");
            assert!(html.contains(&about), "{html}");
            let href = format!("href=\"/clients/7/{word}\"");
            assert!(html.contains(&href), "{html}");
        }
    }
}
