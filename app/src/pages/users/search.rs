//! Search box with help and error messages.

use domain::{
    filter::Filter,
    list::PageParams,
    problem::Problem,
    users::{list::ListParams, names::is_deceptive},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::help::SearchHelp;
use crate::{
    components::{
        icon::{Glyph, Icon},
        meaning,
        state::{ListErrorNotice, Readings},
    },
    links::users as links,
    text,
};

/// Renders the search box. Without scripts it is a form that loads the filtered list.
#[component]
pub fn SearchBox(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = input.get_untracked().map(|input| input.value());
        let target = links::href(&ListParams {
            q: typed,
            ..params.get_untracked().at_start()
        });
        navigate(
            &target,
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    // Id of the element that describes the search, and whether it is an error.
    let said = move || {
        let filter = params.with(|params| Filter::parse(params.q.as_deref().unwrap_or_default()));
        match filter {
            Ok(filter) if filter.is_empty() => (None, false),
            Ok(_) => (Some("filter-meaning"), false),
            Err(_) => (Some("filter-error"), true),
        }
    };
    let text = move || params.get().q.unwrap_or_default();
    // A link or the back button changes the search under the box. The first run is skipped, so that text typed before hydration stays.
    Effect::new(move |before: Option<String>| {
        let now = text();
        if before.is_some_and(|before| before != now)
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&now);
        }
        now
    });
    view! {
        <form class="search" method="get" action="/users" role="search" on:submit=submit>
            <label class="visually-hidden" for="q">
                {text::users::search()}
            </label>
            <div class="search-box">
                <Glyph icon=Icon::Search />
                <input
                    node_ref=input
                    class="search-input"
                    id="q"
                    name="q"
                    type="search"
                    value=text
                    dir="auto"
                    placeholder=text::users::search_placeholder()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="500"
                    enterkeyhint="search"
                    aria-invalid=move || said().1.then_some("true")
                    aria-describedby=move || said().0
                />
                {move || {
                    let params = params.get();
                    let clear = links::href(&ListParams { q: None, ..params.at_start() });
                    params
                        .q
                        .is_some_and(|q| !q.trim().is_empty())
                        .then(|| {
                            view! {
                                <a
                                    href=clear
                                    data-noscroll
                                    class="icon-button search-clear"
                                    aria-label=text::users::search_clear()
                                    title=text::users::search_clear()
                                >
                                    <Glyph icon=Icon::X />
                                </a>
                            }
                        })
                }}
                <SearchHelp />
            </div>
            <HiddenState params=params />
        </form>
    }
}

/// Renders hidden fields for order, page size and deleted users, so that a search without scripts retains them.
#[component]
fn HiddenState(params: Memo<ListParams>) -> impl IntoView {
    move || {
        let ListParams {
            sort,
            limit,
            deleted,
            ..
        } = params.get();
        let hidden = |name: &'static str, value: Option<String>| {
            value.map(|value| view! { <input type="hidden" name=name value=value /> })
        };
        (
            hidden("sort", sort),
            hidden("limit", limit),
            hidden("deleted", deleted),
        )
    }
}

/// Renders the error of loading the list. The invalid part of the search is marked.
#[component]
pub fn Failed(
    /// State of the list, from the URL.
    params: Memo<ListParams>,
    /// Problem that the server has returned.
    problem: Problem,
) -> AnyView {
    let asked = params.get_untracked();
    let typed = asked.q.clone().unwrap_or_default();
    let again = links::href(&asked);
    let found = |q: String| {
        links::href(&ListParams {
            q: Some(q),
            ..asked.at_start()
        })
    };
    let error = Filter::parse(&typed).err();
    let readings = error.and_then(|error| error.readings(&typed));
    let readings = readings.map(|both| {
        both.map(|(q, field, when)| (found(q.clone()), q, meaning::of_reading(field, when)))
    });
    let all = if links::is_of_deleted(&asked) {
        ("/users?deleted=true", text::users::show_all_deleted())
    } else {
        ("/users", text::users::show_all())
    };
    let echo = problem.details.word.map(|(start, end)| {
        // Replaces invisible characters and characters that reorder their surroundings. HTML cannot represent NUL at all.
        let visible = |c| if is_deceptive(c) { char::REPLACEMENT_CHARACTER } else { c };
        let part = |from: usize, to: usize| {
            let part = typed.chars().skip(from).take(to.saturating_sub(from));
            part.map(visible).collect::<String>()
        };
        view! {
            <p class="search-echo">
                <code>{part(0, start)} <mark>{part(start, end)}</mark> {part(end, usize::MAX)}</code>
            </p>
        }
    });
    view! {
        <ListErrorNotice
            title=text::users::load_error()
            problem=problem
            again=again
            all=all.0.to_owned()
            label=all.1
        >
            {echo}
            <Readings readings=readings />
        </ListErrorNotice>
    }
    .into_any()
}
