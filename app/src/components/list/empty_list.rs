//! Empty state of a list with a filter: no rows at all, none that match, or none on this page.

use domain::list::Total;
use leptos::prelude::*;

use crate::{
    components::{icon::Icon, state::ListState},
    format::total,
    text,
};

/// Texts of the empty state.
pub(crate) struct EmptyTexts {
    /// Message of a list without rows.
    pub(crate) none: text::Label,
    /// Explanation of a list without rows.
    pub(crate) none_hint: text::Label,
    /// Message of a page without rows, if other pages have some.
    pub(crate) none_here: text::Label,
    /// Text of the link to the first page, with the number of rows on all pages.
    pub(crate) first_page: fn(String) -> String,
    /// Message of a filter that no rows match.
    pub(crate) none_match: text::Label,
    /// Text of the link to the list without filter.
    pub(crate) show_all: text::Label,
}

/// Empty state of a list.
pub(crate) struct EmptyList {
    /// Icon above the message.
    pub(crate) icon: Icon,
    /// Texts.
    pub(crate) texts: &'static EmptyTexts,
    /// Whether the list has a filter.
    pub(crate) is_filtered: bool,
    /// Number of rows on other pages.
    pub(crate) others: Total,
    /// URL of the first page.
    pub(crate) first: String,
    /// URL of the list without filter.
    pub(crate) all: &'static str,
}

impl EmptyList {
    /// Renders the empty state with the next action.
    pub(crate) fn render(self) -> AnyView {
        let Self {
            icon,
            texts,
            is_filtered,
            others,
            first,
            all,
        } = self;
        if !is_filtered && others.count == 0 {
            let (none, hint) = ((texts.none)(), (texts.none_hint)());
            return view! {
                <ListState icon=icon title=none>
                    <p class="state-text">{hint}</p>
                </ListState>
            }
            .into_any();
        }
        let (title, href, label) = if others.count > 0 {
            let label = (texts.first_page)(total(others));
            ((texts.none_here)(), first, label)
        } else {
            let label = (texts.show_all)().to_owned();
            ((texts.none_match)(), all.to_owned(), label)
        };
        view! {
            <ListState icon=icon title=title>
                <div class="state-actions">
                    <a class="button" href=href>
                        {label}
                    </a>
                </div>
            </ListState>
        }
        .into_any()
    }
}
