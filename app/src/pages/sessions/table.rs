//! Table of sessions.

use domain::sessions::list::SessionParams;
use leptos::prelude::*;

use super::{
    live::Live,
    may_write,
    row::{RowContext, columns, row},
};
use crate::{
    api::sessions::SessionList,
    components::{
        icon::Icon,
        list::{
            chooser,
            column::{SortLink, headings, sortable},
            data_table::DataTable,
        },
        pager::{Pager, Pages},
        state::ListState,
    },
    links::sessions as links,
    text,
};

/// Renders the rows, or the empty state.
#[component]
pub fn SessionTable(
    /// State of the list, from the URL.
    params: Memo<SessionParams>,
    /// Page of sessions from the server.
    list: SessionList,
    /// Changes since the list was loaded.
    live: Live,
) -> impl IntoView {
    let shown = params.get_untracked();
    let ended = links::is_of_ended(&shown);
    let pages = Pages::of(&shown, &list.page.sessions, links::href);
    let page = RowContext {
        now: list.page.now,
        own: list.own,
        may_end: may_write() && !ended,
        sorted: sorted(&shown),
        live,
    };
    if list.page.sessions.rows.is_empty() {
        return view! { <Nothing params=shown /> }.into_any();
    }
    let (answered, choices) = (list.page.now, chooser::current());
    let rows = move || live.rows(&list);
    let table = table(&shown, page.may_end);
    let body = view! {
        <tbody
            on:pointerenter=move |_| live.hold(true)
            on:pointerleave=move |_| live.hold(false)
            on:focusin=move |_| live.hold(true)
            on:focusout=move |_| live.hold(false)
        >
            <For
                each=rows
                key=move |session| (answered, session.id, choices)
                children=move |session| row(session, page.clone())
            />
        </tbody>
    };
    view! {
        {table.with_body(body.into_any())}
        <Pager pages=pages />
    }
    .into_any()
}

/// Returns the order that the URL names: `true` for the last activity.
fn sorted(params: &SessionParams) -> Option<bool> {
    let is_named = params.sort.is_some();
    is_named.then(|| links::current_sort(params).is_by_seen())
}

/// Returns the table of the list without its rows.
fn table(params: &SessionParams, may_end: bool) -> DataTable {
    let ended = links::is_of_ended(params);
    let columns = columns(ended, may_end, sorted(params));
    if ended {
        return DataTable {
            // Without a choice of order, only a wide table needs a header.
            class: "table users-table sessions-table deleted-table",
            caption: text::sessions::ended_caption(),
            headings: headings(&columns),
            select_all: None,
        };
    }
    let sort = links::current_sort(params);
    let link = |by_seen: bool| SortLink {
        href: links::sorted(params, by_seen),
        descending: (sort.is_by_seen() == by_seen).then_some(sort.descends()),
    };
    DataTable {
        class: "table users-table sessions-table",
        caption: text::sessions::active_caption(),
        headings: sortable(&columns, &link),
        select_all: None,
    }
}

/// Renders placeholder rows of the final height while the list is loading.
pub(super) fn skeleton(params: Memo<SessionParams>) -> AnyView {
    table(&params.get_untracked(), may_write()).skeleton()
}

/// Renders the empty state: no sessions match the filter, or there are no sessions.
#[component]
fn Nothing(
    /// State of the list, from the URL.
    params: SessionParams,
) -> impl IntoView {
    let filtered = params.filter().is_ok_and(|filter| !filter.is_empty());
    let title = if filtered {
        text::sessions::none_match()
    } else {
        text::sessions::none_here()
    };
    let hint = if filtered {
        text::sessions::none_match_hint()
    } else if links::is_of_ended(&params) {
        text::sessions::none_ended_hint()
    } else {
        text::sessions::none_active_hint()
    };
    view! {
        <ListState icon=Icon::Monitor title=title>
            <p class="state-text">{hint}</p>
            <div class="state-actions">
                <a class="button button-primary" href=links::cleared(&params)>
                    {if filtered { text::sessions::clear_filters() } else { text::sessions::first_page() }}
                </a>
            </div>
        </ListState>
    }
}
