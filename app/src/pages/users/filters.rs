//! Filters as links: predefined searches, and the terms of the current search with links to remove them.

use domain::{
    filter::{Filter, Term},
    users::{list::ListParams, page::Totals},
};
use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    format::grouped,
    links::users as links,
    text,
};

/// Predefined searches: label and term.
const QUICK: [(text::Label, &str); 5] = [
    (text::users::quick_admins, "role:admin"),
    (text::users::quick_suspended, "status:suspended"),
    (text::users::quick_pending, "status:pending"),
    (text::users::quick_never, "last-login:never"),
    (text::users::quick_keys, "has:api-keys"),
];

/// Renders the predefined searches as links that add or remove a term.
#[component]
pub fn QuickFilters(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
    /// Total counts, once they are loaded.
    totals: Option<Totals>,
) -> impl IntoView {
    let count = move |term: &str| {
        totals.and_then(|totals| match term {
            "role:admin" => Some(totals.admins),
            "status:suspended" => Some(totals.suspended),
            "status:pending" => Some(totals.pending),
            _ => None,
        })
    };
    view! {
        <ul class="chips" aria-label=text::users::quick_filters()>
            {move || {
                let params = params.get();
                let current = links::current_filter(&params);
                let deleted_notice = links::is_of_deleted(&params);
                QUICK
                    .into_iter()
                    .filter_map(|(label, text)| Some((label, text, single_term(text)?)))
                    .map(|(label, text, term)| {
                        let on = current.contains(&term);
                        // If the search would exceed its maximum length, the link leaves it unchanged.
                        let toggled = current.toggled(&term).unwrap_or_else(|_| current.clone());
                        let href = links::searched(&params, &toggled);
                        // The counts exclude deleted users.
                        let count = count(text).filter(|_| !deleted_notice);
                        view! { <Chip href=href on=on label=label() count=count /> }
                    })
                    .collect_view()
            }}
            {move || {
                let params = params.get();
                let (href, on) = (links::toggled_deleted(&params), links::is_of_deleted(&params));
                let count = totals.map(|totals| totals.deleted);
                view! { <Chip href=href on=on label=text::users::quick_deleted() count=count /> }
            }}
        </ul>
    }
}

#[component]
fn Chip(href: String, on: bool, label: &'static str, count: Option<u64>) -> impl IntoView {
    view! {
        <li>
            <a href=href data-noscroll class="chip" aria-current=on.then_some("true")>
                {on.then(|| view! { <Glyph icon=Icon::Check /> })}
                {label}
                {count.map(|count| view! { <span class="chip-count">" "{grouped(count)}</span> })}
            </a>
        </li>
    }
}

fn single_term(text: &str) -> Option<Term> {
    match Filter::parse(text).ok()?.root()? {
        domain::filter::Expr::Term(term) => Some(term.clone()),
        _ => None,
    }
}

/// Renders the terms of the search, each with a link that removes it.
#[component]
pub fn ActiveFilters(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
) -> impl IntoView {
    move || {
        let params = params.get();
        let terms = links::current_filter(&params).top_level_terms();
        (!terms.is_empty()).then(|| {
            let chips = terms
                .into_iter()
                .map(|(text, without)| {
                    let label = text::users::filter_remove(&text);
                    view! {
                        <li>
                            <span class="chip chip-filter">
                                <code>{text}</code>
                                <a
                                    href=links::searched(&params, &without)
                                    data-noscroll
                                    class="chip-remove"
                                    aria-label=label
                                >
                                    <Glyph icon=Icon::X />
                                </a>
                            </span>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <div class="filters">
                    <h2 class="filters-label">{text::users::filters()}</h2>
                    <ul class="chips">{chips}</ul>
                    <a href=links::searched(&params, &Filter::default()) data-noscroll class="link">
                        {text::users::filters_clear_all()}
                    </a>
                </div>
            }
        })
    }
}
