//! Pagination of lists.

use domain::list::{Limits, PANEL_LIMITS, Page, PageParams, Total};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    format::{grouped, total},
    text,
};

/// Position of a page in its list, with links to the others.
pub struct Pages {
    /// Number of the first row, from 1.
    pub first: u64,
    /// Number of rows on the page.
    pub shown: usize,
    /// Total number of rows.
    pub total: Total,
    /// URL of the previous page, if there is one.
    pub before: Option<String>,
    /// URL of the next page, if there is one.
    pub after: Option<String>,
    /// Maximum number of rows per page.
    pub size: u16,
    /// Selectable page sizes, each with its URL.
    pub sizes: Vec<(u16, String)>,
}

impl Pages {
    /// Computes the position of a page that was requested with `params`. `href` returns the URL of the list for given
    /// parameters.
    pub fn of<P: PageParams, T>(params: &P, page: &Page<T>, href: impl Fn(&P) -> String) -> Self {
        let page_info = &page.page_info;
        let before = page_info.before.clone();
        let after = page_info.after.clone();
        let size = |limit| (limit, href(&params.sized(limit)));
        Self {
            first: page_info.first,
            shown: page.rows.len(),
            total: page_info.total,
            before: before.map(|before| href(&params.at(None, Some(before)))),
            after: after.map(|after| href(&params.at(Some(after), None))),
            size: params.size().unwrap_or(Limits::PANEL.default),
            sizes: PANEL_LIMITS.map(size).into(),
        }
    }
}

/// Renders the footer of a list.
#[component]
pub fn Pager(
    /// Position of the page in its list.
    pages: Pages,
    /// `true` if another page is read from its top, as a text is.
    #[prop(optional)]
    from_top: bool,
) -> impl IntoView {
    let noscroll = (!from_top).then_some("");
    let shown = u64::try_from(pages.shown).unwrap_or_default();
    let range = format!(
        "{}–{}",
        grouped(pages.first),
        grouped(pages.first + shown.saturating_sub(1))
    );
    let all = total(pages.total);
    view! {
        <footer class="pager">
            <p class="pager-count" role="status">
                <b>{range}</b>
                {text::common::page_of()}
                <b>{all}</b>
            </p>
            <nav class="pager-sizes" aria-label=text::common::rows_per_page()>
                <span class="pager-label" aria-hidden="true">
                    {text::common::rows()}
                </span>
                {pages
                    .sizes
                    .into_iter()
                    .map(|(size, href)| {
                        view! {
                            <a href=href data-noscroll aria-current=(size == pages.size).then_some("true")>
                                {size}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
            <nav class="pager-pages" aria-label=text::common::pages()>
                {step(pages.before, noscroll, "prev", view! { <Glyph icon=Icon::ChevronLeft /> {text::common::page_previous()} }.into_any())}
                {step(pages.after, noscroll, "next", view! { {text::common::page_next()} <Glyph icon=Icon::ChevronRight /> }.into_any())}
            </nav>
        </footer>
    }
}

fn step(
    href: Option<String>,
    noscroll: Option<&'static str>,
    rel: &'static str,
    label: AnyView,
) -> AnyView {
    match href {
        Some(href) => view! {
            <a href=href data-noscroll=noscroll class="button" rel=rel>
                {label}
            </a>
        }
        .into_any(),
        None => view! {
            <span class="button" aria-disabled="true">
                {label}
            </span>
        }
        .into_any(),
    }
}
