//! Pending and rejected registrations.

use ::time::OffsetDateTime;
use domain::{
    list::{Listed, PageParams},
    registrations::{Registration, list::RegistrationParams},
    users::list::SortKey,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{
    failed, may_write, params,
    rows::{Deciding, ListedRegistration, bulk_links, columns, row, selected},
    screen,
};
use crate::{
    api::{
        bulk::SELECTED,
        listed::check_params,
        read::ReadRequest,
        registrations::{ListRegistrations, PENDING_LIST, RunRegistrationOperation},
    },
    components::{
        filters::{Entry, FilterField, FilterForm},
        form,
        icon::Icon,
        list::{
            column::{SortLink, sortable},
            data_table::DataTable,
        },
        loaded::Loaded,
        loading::Loading,
        notice::ProblemNotice,
        pager::{Pager, Pages},
        parameters::{SELECTION, checked, use_query},
        rows::KeyedRow,
        selection::{SelectAllCell, Selection, SelectionBar},
        state::ListState,
    },
    links::registrations as links,
    text,
};

/// Renders the list of pending or rejected registrations. Its whole state is in the URL.
#[component]
pub fn Queue() -> impl IntoView {
    let query = use_query();
    let params = Memo::new(move |_| params::<RegistrationParams>(&query.read()));
    let deciding = may_write().then(|| {
        let selected = query.with_untracked(|query| query.get_all(SELECTED));
        let selection = Selection::new(&selected);
        selection.clear_with(Memo::new(move |_| listed(&params.read())));
        let form = form::send::<RunRegistrationOperation>(PENDING_LIST);
        Deciding { selection, form }
    });
    let loading = Loading::new();
    let request = checked(move || params.get(), RegistrationParams::NAMES, SELECTION);
    let list = Loaded::list(loading, move || {
        let params = check_params(request.get())?;
        ReadRequest::of(ListRegistrations { params })
    });
    let tools = view! {
        <Search params=params />
        {deciding.map(problem)}
    };
    let tab = Signal::derive(move || links::tab(&params.read()));
    let skeleton = (move || {
        let params = params.get_untracked();
        let select_all = deciding.map(|_| view! { <td class="cell-select"></td> }.into_any());
        table(&params, select_all).skeleton()
    })
    .into();
    let label = text::registrations::title();
    let screen = screen(tab, label, loading, skeleton, tools.into_any());
    let screen = screen.render(list, move |result| {
        let params = params.get_untracked();
        match result {
            Ok(listed) => shown(params, listed, deciding),
            Err(problem) => failed(links::tab(&params), links::href(&params), problem),
        }
    });
    view! {
        {screen}
        <Outlet />
    }
}

/// Returns the search and the state of the list, independent of page and order.
fn listed(params: &RegistrationParams) -> (String, bool) {
    let search = params.q.as_deref().unwrap_or_default().trim();
    (search.to_owned(), links::is_of_rejected(params))
}

/// Renders the search form.
#[component]
fn Search(params: Memo<RegistrationParams>) -> impl IntoView {
    let fields = Memo::new(move |_| {
        let params = params.get();
        let search = Entry::Typed(text::registrations::search_in(), "", None);
        vec![
            FilterField::new("q", &params.q, search),
            FilterField::new("state", &params.state, Entry::Hidden),
            FilterField::new("sort", &params.sort, Entry::Hidden),
            FilterField::new("limit", &params.limit, Entry::Hidden),
        ]
    });
    let cleared = Signal::derive(move || links::tab(&params.read()).to_owned());
    view! {
        <FilterForm
            label=text::registrations::search()
            path=PENDING_LIST
            fields=fields
            cleared=cleared
        />
    }
}

/// Renders the problem of a decision that was made with a button of a row.
fn problem(deciding: Deciding) -> impl IntoView {
    move || {
        deciding.form.problem.get().map(|problem| {
            view! {
                <div class="pane-actions">
                    <ProblemNotice problem=problem autofocus=true />
                </div>
            }
        })
    }
}

/// Returns the table of the list without its rows.
fn table(params: &RegistrationParams, select_all: Option<AnyView>) -> DataTable {
    let sort = links::current_sort(params);
    let link = |key: SortKey| SortLink {
        href: links::sorted(params, key),
        descending: (sort.key == key).then_some(sort.descending),
    };
    let is_of_rejected = links::is_of_rejected(params);
    DataTable {
        class: "table records",
        caption: if is_of_rejected {
            text::registrations::rejected_caption()
        } else {
            text::registrations::pending_caption()
        },
        headings: sortable(columns(is_of_rejected, select_all.is_some()), &link),
        select_all,
    }
}

/// Renders the rows, or the empty state.
fn shown(
    params: RegistrationParams,
    listed: Listed<Registration>,
    deciding: Option<Deciding>,
) -> AnyView {
    let Listed { page, now } = listed;
    if page.rows.is_empty() {
        return empty(&params, page.page_info.total.count > 0);
    }
    let pages = Pages::of(&params, &page, links::href);
    let users: Vec<_> = page.rows.iter().map(selected).collect();
    let select_all = deciding.map(|deciding| {
        let users = users.clone();
        view! { <SelectAllCell selection=deciding.selection page=users /> }.into_any()
    });
    let bar = deciding.map(|deciding| {
        let state = params.pairs().into_iter();
        let state = state.map(|(name, value)| (name, value.to_owned()));
        view! {
            <SelectionBar
                selection=deciding.selection
                page=users
                list=PENDING_LIST
                state=state.collect()
                actions=bulk_links(links::is_of_rejected(&params))
            />
        }
    });
    let table = table(&params, select_all);
    let rows = rows(page.rows, &params, now, deciding);
    view! {
        {table.with_rows(rows)}
        {bar}
        <Pager pages=pages />
    }
    .into_any()
}

/// Renders the rows of a page.
fn rows(
    registrations: Vec<Registration>,
    params: &RegistrationParams,
    now: OffsetDateTime,
    deciding: Option<Deciding>,
) -> Vec<KeyedRow> {
    let registrations = registrations.into_iter();
    let rows = registrations.map(|registration| {
        row(&ListedRegistration {
            registration,
            now,
            params: params.clone(),
            deciding,
        })
    });
    rows.collect()
}

/// Renders the empty state. `has_others` is whether other pages have rows.
fn empty(params: &RegistrationParams, has_others: bool) -> AnyView {
    let has_search = params.q.as_deref().is_some_and(|q| !q.trim().is_empty());
    let tab = links::tab(params);
    let action = |href: String, label: &'static str| {
        view! {
            <div class="state-actions">
                <a class="button" href=href>
                    {label}
                </a>
            </div>
        }
    };
    let (title, below) = if has_others {
        let first = action(links::href(&params.at_start()), text::actions::first_page());
        (text::registrations::none_here(), first.into_any())
    } else if has_search {
        let cleared = action(tab.to_owned(), text::common::filter_clear());
        (text::registrations::no_match(), cleared.into_any())
    } else if links::is_of_rejected(params) {
        let hint = text::registrations::none_rejected_text();
        let hint = view! { <p class="state-text">{hint}</p> };
        (text::registrations::none_rejected(), hint.into_any())
    } else {
        (text::registrations::none_pending(), ().into_any())
    };
    view! {
        <ListState icon=Icon::Users title=title>
            {below}
        </ListState>
    }
    .into_any()
}
