//! Which part of a list is shown, and the ways to the others.

use domain::list::{Limits, PANEL_LIMITS, PageParams, Place, Total};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::format::{grouped, total};

/// Where a page is among the others.
pub struct Pages {
    /// Number of the first row, from 1.
    pub first: u64,
    /// How many rows there are on it.
    pub shown: usize,
    /// How many there are in all.
    pub total: Total,
    /// Address of the page before.
    pub before: Option<String>,
    /// Address of the page after.
    pub after: Option<String>,
    /// Rows of a page.
    pub size: u16,
    /// Other sizes, each with its address.
    pub sizes: Vec<(u16, String)>,
}

impl Pages {
    /// Where a page of a list is that was asked for with `params`, and `shown` rows of which were found. `href` is the
    /// address of the list in some state.
    pub fn of<P: PageParams>(
        params: &P,
        place: &Place,
        shown: usize,
        href: impl Fn(&P) -> String,
    ) -> Self {
        let before = place.before.clone();
        let after = place.after.clone();
        let size = |limit| (limit, href(&params.sized(limit)));
        Self {
            first: place.first,
            shown,
            total: place.total,
            before: before.map(|before| href(&params.at(None, Some(before)))),
            after: after.map(|after| href(&params.at(Some(after), None))),
            size: params.size().unwrap_or(Limits::PANEL.default),
            sizes: PANEL_LIMITS.map(size).into(),
        }
    }
}

/// The foot of a list.
#[component]
pub fn Pager(
    /// Where it is.
    pages: Pages,
) -> impl IntoView {
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
                " of "
                <b>{all}</b>
            </p>
            <nav class="pager-sizes" aria-label="Rows per page">
                <span class="pager-label" aria-hidden="true">
                    "Rows"
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
            <nav class="pager-pages" aria-label="Pages">
                {step(pages.before, "prev", view! { <Glyph icon=Icon::ChevronLeft /> "Previous" }.into_any())}
                {step(pages.after, "next", view! { "Next" <Glyph icon=Icon::ChevronRight /> }.into_any())}
            </nav>
        </footer>
    }
}

fn step(href: Option<String>, rel: &'static str, label: AnyView) -> AnyView {
    match href {
        Some(href) => view! {
            <a href=href data-noscroll class="button" rel=rel>
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
