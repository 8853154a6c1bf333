//! Which part of the list is shown, and the ways to the others.

use domain::users::{
    list::{Limits, ListParams, PANEL_LIMITS},
    page::UserPage,
};
use leptos::prelude::*;

use super::links;
use crate::{
    components::icon::{Glyph, Icon},
    format::{grouped, total},
};

/// The foot of the list.
#[component]
pub fn Pager<T: 'static>(
    /// The state of the list that is shown.
    params: ListParams,
    /// What is shown of it.
    page: UserPage<T>,
) -> impl IntoView {
    let shown = u64::try_from(page.users.len()).unwrap_or_default();
    let range = format!(
        "{}–{}",
        grouped(page.first),
        grouped(page.first + shown.saturating_sub(1))
    );
    let all = total(page.total);
    let start = params.from_start();
    let before = page.before.map(|before| {
        links::href(&ListParams {
            before: Some(before),
            ..start.clone()
        })
    });
    let after = page.after.map(|after| {
        links::href(&ListParams {
            after: Some(after),
            ..start.clone()
        })
    });
    view! {
        <footer class="pager">
            <p class="pager-count" role="status">
                <b>{range}</b>
                " of "
                <b>{all}</b>
            </p>
            <Sizes params=params />
            <nav class="pager-pages" aria-label="Pages">
                {step(before, "prev", view! { <Glyph icon=Icon::ChevronLeft /> "Previous" }.into_any())}
                {step(after, "next", view! { "Next" <Glyph icon=Icon::ChevronRight /> }.into_any())}
            </nav>
        </footer>
    }
}

#[component]
fn Sizes(params: ListParams) -> impl IntoView {
    let current = params
        .limit
        .as_deref()
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(Limits::PANEL.default);
    view! {
        <nav class="pager-sizes" aria-label="Rows per page">
            <span class="pager-label" aria-hidden="true">
                "Rows"
            </span>
            {PANEL_LIMITS
                .map(|limit| {
                    view! {
                        <a
                            href=links::sized(&params, limit)
                            data-noscroll
                            aria-current=(limit == current).then_some("true")
                        >
                            {limit}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
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
